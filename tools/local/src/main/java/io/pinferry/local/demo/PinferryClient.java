package io.pinferry.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Calls Pinferry's API as a product would. */
public final class PinferryClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final HttpClient http;
  private final URI base;
  private final String apiKey;

  public PinferryClient(HttpClient http, URI base, String apiKey) {
    this.http = http;
    this.base = base;
    this.apiKey = apiKey;
  }

  /** Pinferry has refused a request. */
  public static final class RefusedRequest extends RuntimeException {
    private final int status;

    RefusedRequest(String method, String path, int status, String body) {
      super(method + " " + path + " was answered " + status + ": " + body);
      this.status = status;
    }

    public int status() {
      return status;
    }
  }

  /**
   * Returns the JSON of a successful answer.
   *
   * @throws RefusedRequest if the answer is no success
   */
  public JsonNode get(String path) throws IOException, InterruptedException {
    return json(send("GET", path, null));
  }

  public JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
    return json(send("POST", path, body));
  }

  public JsonNode put(String path, JsonNode body) throws IOException, InterruptedException {
    return json(send("PUT", path, body));
  }

  public JsonNode patch(String path, JsonNode body) throws IOException, InterruptedException {
    return json(send("PATCH", path, body));
  }

  /** Returns the text of a successful answer to a POST. */
  public String postForText(String path, JsonNode body) throws IOException, InterruptedException {
    return new String(send("POST", path, body), java.nio.charset.StandardCharsets.UTF_8);
  }

  private static JsonNode json(byte[] body) throws IOException {
    return body.length == 0 ? Json.object() : Json.parse(body);
  }

  private byte[] send(String method, String path, @Nullable JsonNode body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(TIMEOUT)
            .header("X-Api-Key", apiKey)
            .method(
                method,
                body == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(Json.bytes(body)));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    HttpResponse<byte[]> answer = http.send(request.build(), BodyHandlers.ofByteArray());
    if (answer.statusCode() / 100 != 2) {
      throw new RefusedRequest(
          method,
          path,
          answer.statusCode(),
          new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8));
    }
    return answer.body();
  }
}
