package io.pinferry.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.local.demo.PinferryClient;
import io.pinferry.local.stack.LocalPorts;
import io.pinferry.local.stack.LocalStack;
import io.pinferry.local.stack.LocalStackSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * The way of a request through the proxy door, against the way of the same request through nginx,
 * one after the other to the same Pinterest.
 */
final class ProxyLatency implements Benchmark {
  /** One page, since bookmarks differ from answer to answer. */
  private static final int BOARDS = 25;

  private static final String REQUEST = "/v5/boards?page_size=" + BOARDS;

  /** Long enough for the compiler to have seen every path often. */
  private static final int WARM_UP = 400;

  private static final int MEASURED = 600;

  /** Keeps below Pinterest's 1,000 requests a minute, so that nobody waits for a rate limit. */
  private static final Duration APART = Duration.ofMillis(66);

  /** The least time that Pinterest takes; a product across the Atlantic waits far longer. */
  private static final Duration LATENCY = Duration.ofMillis(20);

  private static final double MEDIAN_MAX = 1.5;
  private static final String GROUP = "benchmark";

  @Override
  public String compares() {
    return "the median time of a request through nginx's proxy_pass, against that of the same"
        + " request through the proxy door: "
        + MEASURED
        + " each, by turns, one at a time, warm";
  }

  @Override
  public List<Goal> measure(PrintStream out) throws Exception {
    Times atOnce = times(Duration.ZERO);
    out.println("  of a Pinterest that answers at once: " + atOnce.text());
    Times later = times(LATENCY);
    return List.of(
        new Goal(
            "nginx / proxy, median",
            later.nginx(50) / later.proxy(50),
            1 / MEDIAN_MAX,
            String.format(
                Locale.ROOT,
                "of a Pinterest that takes %d ms to answer: %s, goal at most %.1f times; of one"
                    + " that answers at once: %s",
                LATENCY.toMillis(),
                later.text(),
                MEDIAN_MAX,
                atOnce.text())));
  }

  /** Times of the same requests on both ways, in nanoseconds. */
  private record Times(List<Long> ofNginx, List<Long> ofProxy) {
    double nginx(int percent) {
      return percentile(ofNginx, percent);
    }

    double proxy(int percent) {
      return percentile(ofProxy, percent);
    }

    String text() {
      return String.format(
          Locale.ROOT,
          "the proxy takes %.2f times as long as nginx, median %.2f ms against %.2f ms, p99 %.2f"
              + " ms against %.2f ms",
          proxy(50) / nginx(50),
          proxy(50),
          nginx(50),
          proxy(99),
          nginx(99));
    }

    /** Returns milliseconds. */
    private static double percentile(List<Long> nanos, int percent) {
      List<Long> sorted = nanos.stream().sorted().toList();
      return sorted.get((sorted.size() - 1) * percent / 100) / 1e6;
    }
  }

  private static Times times(Duration latency) throws Exception {
    try (var pinterest = PinterestProcess.start(BOARDS, BOARDS, latency, false);
        var nginx = Nginx.start(pinterest.address(), pinterest.token());
        var stack = LocalStack.start(settings(pinterest.address()));
        HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpRequest throughNginx = request(nginx.address()).build();
      HttpRequest throughProxy = throughProxy(http, stack, pinterest.token());
      requireSame(http, throughNginx, throughProxy);
      var times = new Times(new ArrayList<>(), new ArrayList<>());
      long next = System.nanoTime();
      for (int turn = 0; turn < WARM_UP + MEASURED; turn++) {
        next += APART.toNanos();
        LockSupport.parkNanos(next - System.nanoTime());
        // The second one profits from the first, so each is second equally often.
        boolean nginxFirst = turn % 2 == 0;
        long first = time(http, nginxFirst ? throughNginx : throughProxy);
        long second = time(http, nginxFirst ? throughProxy : throughNginx);
        if (turn >= WARM_UP) {
          times.ofNginx().add(nginxFirst ? first : second);
          times.ofProxy().add(nginxFirst ? second : first);
        }
      }
      return times;
    }
  }

  private static LocalStackSettings settings(URI pinterest) {
    return new LocalStackSettings(
        LocalStackSettings.checkout(),
        LocalStackSettings.version(),
        null,
        null,
        null,
        pinterest,
        null,
        new LocalPorts.Any(),
        null,
        false,
        false);
  }

  private static HttpRequest.Builder request(URI address) {
    return HttpRequest.newBuilder(address.resolve(REQUEST)).timeout(Duration.ofSeconds(30));
  }

  /** Makes an installation that may use the proxy, with the simulated account's token. */
  private static HttpRequest throughProxy(HttpClient http, LocalStack stack, String token)
      throws IOException, InterruptedException {
    var client = new PinferryClient(http, stack.api(), stack.apiKey());
    String project = "/v1/projects/" + stack.project();
    client.put(
        project + "/integrations:batch",
        Json.object()
            .put(
                "sourceYaml",
                """
                specVersion: 1.0.0
                integrations:
                  - name: proxied
                    provider: pinterest
                    proxy:
                      enabled: true
                """));
    ObjectNode app = Json.object();
    app.put("provider", "pinterest").put("clientId", "1500000").put("clientSecret", "simulated");
    app.putArray("scopes").add("boards:read");
    client.post(project + "/provider-apps", app);
    ObjectNode connection = Json.object();
    connection.put("provider", "pinterest").put("groupRef", GROUP).put("consumerRef", GROUP);
    ObjectNode tokens = connection.putObject("oauth2AuthorizationCode");
    tokens.putObject("accessToken").put("token", token);
    client.post(project + "/connections:generate", connection);
    JsonNode integration = client.get(project + "/integrations").path(0);
    ObjectNode installation = Json.object().put("groupRef", GROUP);
    installation.putObject("config").putObject("content").put("provider", "pinterest");
    JsonNode installed =
        client.post(
            project + "/integrations/" + integration.path("id").asText() + "/installations",
            installation);
    return request(stack.proxy())
        .header("x-api-key", stack.apiKey())
        .header("x-amp-proxy-version", "1")
        .header("x-amp-project-id", stack.project())
        .header("x-amp-installation-id", installed.path("id").asText())
        .build();
  }

  private static void requireSame(HttpClient http, HttpRequest one, HttpRequest other)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> first = http.send(one, BodyHandlers.ofByteArray());
    HttpResponse<byte[]> second = http.send(other, BodyHandlers.ofByteArray());
    if (first.statusCode() != 200
        || second.statusCode() != 200
        || !Arrays.equals(first.body(), second.body())) {
      throw new IllegalStateException(
          "nginx answered %d with %d bytes, the proxy %d with %d: not the same"
              .formatted(
                  first.statusCode(),
                  first.body().length,
                  second.statusCode(),
                  second.body().length));
    }
  }

  private static long time(HttpClient http, HttpRequest request)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
    long time = System.nanoTime() - start;
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(request.uri() + " was answered " + answer.statusCode());
    }
    return time;
  }
}
