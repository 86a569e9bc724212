package io.pinferry.local.cloud;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The answer of API Gateway to the client: its own, or made from that of a function.
 *
 * @param headers names in lower case; a name may stand twice
 */
record ApiAnswer(int status, List<Map.Entry<String, String>> headers, byte[] body) {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  static final ApiAnswer NOT_FOUND = message(404, "Not Found");
  static final ApiAnswer TOO_LARGE = message(413, "Request Entity Too Large");
  static final ApiAnswer INTERNAL_SERVER_ERROR = message(500, "Internal Server Error");
  static final ApiAnswer SERVICE_UNAVAILABLE = message(503, "Service Unavailable");

  private static final int STATUS_MIN = 200;
  private static final int STATUS_MAX = 599;

  /** The answer of a stack on a full disk, which AWS does not have. */
  static ApiAnswer insufficientStorage(String message) {
    return message(507, message);
  }

  private static ApiAnswer message(int status, String message) {
    return new ApiAnswer(
        status,
        List.of(Map.entry("content-type", "application/json")),
        JSON.createObjectNode()
            .put("message", message)
            .toString()
            .getBytes(StandardCharsets.UTF_8));
  }

  /** Reads a function's answer in payload format 2.0; what it must not be becomes a 500. */
  static ApiAnswer of(byte[] payload) {
    JsonNode answer;
    try {
      answer = JSON.readTree(payload);
    } catch (JacksonException e) {
      return INTERNAL_SERVER_ERROR;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("an answer cannot be read from memory", e);
    }
    if (answer.isMissingNode()) {
      return INTERNAL_SERVER_ERROR;
    }
    if (!answer.isObject() || !answer.has("statusCode")) {
      // Without a status the whole answer is the body.
      return new ApiAnswer(
          200, List.of(Map.entry("content-type", "application/json")), payload.clone());
    }
    int status = answer.path("statusCode").asInt(0);
    JsonNode body = answer.path("body");
    if (status < STATUS_MIN
        || status > STATUS_MAX
        || !(body.isTextual() || body.isNull() || body.isMissingNode())) {
      return INTERNAL_SERVER_ERROR;
    }
    var headers = new ArrayList<Map.Entry<String, String>>();
    for (Map.Entry<String, JsonNode> header : answer.path("headers").properties()) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (header.getValue().isContainerNode() || name.isBlank()) {
        return INTERNAL_SERVER_ERROR;
      }
      if (!header.getValue().isNull()
          && !ApiRequest.isHopByHop(name)
          && !name.equals("content-length")) {
        headers.add(Map.entry(name, header.getValue().asText()));
      }
    }
    for (JsonNode cookie : answer.path("cookies")) {
      headers.add(Map.entry("set-cookie", cookie.asText()));
    }
    if (headers.stream().noneMatch(header -> header.getKey().equals("content-type"))) {
      headers.add(Map.entry("content-type", "text/plain;charset=UTF-8"));
    }
    try {
      byte[] bytes =
          answer.path("isBase64Encoded").asBoolean(false)
              ? Base64.getDecoder().decode(body.asText(""))
              : body.asText("").getBytes(StandardCharsets.UTF_8);
      return new ApiAnswer(status, headers, body.isTextual() ? bytes : new byte[0]);
    } catch (IllegalArgumentException e) {
      return INTERNAL_SERVER_ERROR;
    }
  }
}
