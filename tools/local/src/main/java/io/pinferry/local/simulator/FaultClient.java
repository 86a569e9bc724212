package io.pinferry.local.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * Makes a simulator misbehave, through its door for faults.
 *
 * @param simulator its address
 */
public record FaultClient(HttpClient http, URI simulator) {
  private static final String FAULTS = "/_sim/faults";

  /**
   * Adds a fault.
   *
   * @param fault as {@link FaultJson} reads it
   * @throws IllegalStateException if the simulator refuses it
   */
  public void add(JsonNode fault) throws IOException, InterruptedException {
    send(request().POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(fault))).build());
  }

  /** Makes each answer take as long as real ones, beside the time that the simulator needs. */
  public static void delay(URI simulator, Duration latency)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      new FaultClient(http, simulator)
          .add(Json.object().put("kind", "latency").put("latencyMillis", latency.toMillis()));
    }
  }

  /** Ends all faults. */
  public void end() throws IOException, InterruptedException {
    send(request().DELETE().build());
  }

  private HttpRequest.Builder request() {
    return HttpRequest.newBuilder(simulator.resolve(FAULTS));
  }

  private void send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
    if (answer.statusCode() / 100 != 2) {
      throw new IllegalStateException(
          "the simulator refused " + request.method() + " " + FAULTS + ": " + answer.body());
    }
  }
}
