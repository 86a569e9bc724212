package io.pinferry.local.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Sends requests with the older client of the JDK. A command ends after a few requests, and this
 * client takes a fifth of the time that the newer one takes to start.
 */
public final class HttpTransport implements Transport {
  /** A door answers within 30 s. */
  private static final Duration TIMEOUT = Duration.ofSeconds(40);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  @Override
  public Answer send(Call call) throws IOException, InterruptedException {
    return call.method().equals("PATCH") ? patch(call) : sendByOlderClient(call);
  }

  /** The older client does not know this method. */
  private static Answer patch(Call call) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(call.address())
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .method("PATCH", BodyPublishers.ofString(call.body() == null ? "" : call.body()));
    if (call.key() != null) {
      request.header("X-Api-Key", call.key().value());
    }
    try (HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build()) {
      HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
      Map<String, String> headers = new HashMap<>();
      answer.headers().map().forEach((name, values) -> headers.put(name, values.getFirst()));
      return new Answer(answer.statusCode(), headers, answer.body());
    }
  }

  private static Answer sendByOlderClient(Call call) throws IOException {
    var connection = (HttpURLConnection) call.address().toURL().openConnection();
    connection.setInstanceFollowRedirects(false);
    connection.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
    connection.setReadTimeout((int) TIMEOUT.toMillis());
    connection.setRequestMethod(call.method());
    if (call.key() != null) {
      connection.setRequestProperty("X-Api-Key", call.key().value());
    }
    if (call.idempotencyKey() != null) {
      connection.setRequestProperty("Idempotency-Key", call.idempotencyKey());
    }
    String body = call.body();
    if (body != null) {
      connection.setRequestProperty("Content-Type", "application/json");
      connection.setDoOutput(true);
      try (var out = connection.getOutputStream()) {
        out.write(body.getBytes(UTF_8));
      }
    }
    int status = connection.getResponseCode();
    Map<String, String> headers = new HashMap<>();
    for (int i = 1; connection.getHeaderFieldKey(i) != null; i++) {
      headers.put(
          connection.getHeaderFieldKey(i).toLowerCase(Locale.ROOT), connection.getHeaderField(i));
    }
    try (InputStream content =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      return new Answer(
          status, headers, content == null ? "" : new String(content.readAllBytes(), UTF_8));
    }
  }
}
