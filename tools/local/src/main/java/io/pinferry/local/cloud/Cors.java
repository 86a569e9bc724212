package io.pinferry.local.cloud;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The CORS configuration of an HTTP API. API Gateway answers preflight requests by itself and puts
 * its own headers in the place of the function's. Source: <a
 * href="https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html">CORS for
 * HTTP APIs</a>.
 *
 * @param origins exact origins, {@code *}, {@code https://*} or {@code http://*}
 * @param maxAgeSeconds how long a browser may keep a preflight's answer; absent when not set
 */
public record Cors(
    List<String> origins,
    List<String> methods,
    List<String> headers,
    List<String> exposedHeaders,
    @Nullable Integer maxAgeSeconds,
    boolean credentials) {

  static final String HEADER_PREFIX = "access-control-";

  public Cors {
    origins = List.copyOf(origins);
    methods = List.copyOf(methods);
    headers = List.copyOf(headers);
    exposedHeaders = List.copyOf(exposedHeaders);
  }

  /** Returns the headers of a preflight's answer; none when the origin is not allowed. */
  Map<String, String> preflight(String origin) {
    Map<String, String> answer = simple(origin);
    if (answer.isEmpty()) {
      return answer;
    }
    if (!methods.isEmpty()) {
      answer.put("access-control-allow-methods", String.join(",", methods));
    }
    if (!headers.isEmpty()) {
      answer.put("access-control-allow-headers", String.join(",", headers));
    }
    if (maxAgeSeconds != null) {
      answer.put("access-control-max-age", maxAgeSeconds.toString());
    }
    return answer;
  }

  /** Returns the headers to add to a function's answer; none when the origin is not allowed. */
  Map<String, String> simple(String origin) {
    var answer = new LinkedHashMap<String, String>();
    if (!allows(origin)) {
      return answer;
    }
    answer.put("access-control-allow-origin", origins.contains("*") ? "*" : origin);
    if (!exposedHeaders.isEmpty()) {
      answer.put("access-control-expose-headers", String.join(",", exposedHeaders));
    }
    if (credentials) {
      answer.put("access-control-allow-credentials", "true");
    }
    return answer;
  }

  private boolean allows(String origin) {
    return origins.contains("*")
        || origins.contains(origin)
        || (origin.startsWith("https://") && origins.contains("https://*"))
        || (origin.startsWith("http://") && origins.contains("http://*"));
  }
}
