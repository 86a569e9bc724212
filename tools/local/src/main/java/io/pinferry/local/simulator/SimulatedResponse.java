package io.pinferry.local.simulator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/**
 * Describes what the core answers. Latency and a dropped connection are part of the description: a
 * server realises them with a real wait and a closed socket, a simulation in virtual time.
 *
 * @param status the HTTP status
 * @param headers names in small letters
 * @param body writes the body; may be asked once, and may be large for {@code /_sim/truth}
 * @param bodyBytes the length of the body, or -1 if it is not known before writing
 * @param latency how long to wait before the answer, or before the connection is dropped
 * @param dropped whether the connection ends without any answer
 */
public record SimulatedResponse(
    int status,
    Map<String, String> headers,
    Body body,
    long bodyBytes,
    Duration latency,
    boolean dropped) {

  /** Writes a body. */
  @FunctionalInterface
  public interface Body {
    /** Writes the whole body and leaves the stream open. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** Copies the headers. */
  public SimulatedResponse {
    headers = Map.copyOf(headers);
  }

  static SimulatedResponse of(int status, Map<String, String> headers, byte[] body) {
    return new SimulatedResponse(
        status, headers, out -> out.write(body), body.length, Duration.ZERO, false);
  }

  static SimulatedResponse streamed(int status, Map<String, String> headers, Body body) {
    return new SimulatedResponse(status, headers, body, -1, Duration.ZERO, false);
  }

  SimulatedResponse withLatency(Duration longer) {
    return new SimulatedResponse(status, headers, body, bodyBytes, longer, dropped);
  }

  SimulatedResponse asDropped() {
    return new SimulatedResponse(status, headers, body, bodyBytes, latency, true);
  }

  SimulatedResponse withHeaders(Map<String, String> others) {
    return new SimulatedResponse(status, others, body, bodyBytes, latency, dropped);
  }

  /** Returns the whole body as text; for answers that fit into memory. */
  public String bodyText() {
    try {
      var bytes = new ByteArrayOutputStream();
      body.writeTo(bytes);
      return bytes.toString(StandardCharsets.UTF_8);
    } catch (IOException impossible) {
      throw new UncheckedIOException("an array refused to be written", impossible);
    }
  }
}
