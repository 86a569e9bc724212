package io.pinferry.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.Codec;
import io.pinferry.base.Json;
import io.pinferry.base.Log;
import io.pinferry.http.Endpoint;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/**
 * Goes the way of a request once before Lambda takes a snapshot of a door (SnapStart), so that its
 * classes and connections are there when the snapshot is restored. The request has a key that
 * nobody has, so it reads and changes nothing of a customer. Its lines and metrics are discarded.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/snapstart-best-practices.html
 */
final class Priming implements Resource {
  private static final String KEY = "pfk_priming";

  private final Endpoint door;
  private final byte[] event;
  private final Runnable rest;
  private final Log log;

  private Priming(Endpoint door, byte[] event, Runnable rest, Log log) {
    this.door = door;
    this.event = event;
    this.rest = rest;
    this.log = log;
  }

  /**
   * Makes a door ready for snapshots. Without SnapStart this has no effect.
   *
   * @param path of a route of the door that needs a key
   * @param rest the way beside the door
   * @return the priming, which has to be kept: the runtime only holds it weakly
   */
  static Priming of(Endpoint door, String method, String path, Runnable rest, Log log) {
    var priming = new Priming(door, event(method, path), rest, log);
    Core.getGlobalContext().register(priming);
    return priming;
  }

  private static byte[] event(String method, String path) {
    return Codec.bytes(
        Map.of(
            "version",
            "2.0",
            "rawPath",
            path,
            "rawQueryString",
            "",
            "headers",
            Map.of("x-api-key", KEY, "content-type", "application/json"),
            "requestContext",
            Map.of("requestId", "priming", "http", Map.of("method", method, "path", path)),
            "body",
            "{}",
            "isBase64Encoded",
            false));
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {
    PrintStream out = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8));
    try {
      run();
    } catch (IOException | RuntimeException e) {
      System.setOut(out);
      // The function works without it; only its first requests are slow.
      log.warn("priming failed", e);
    } finally {
      System.setOut(out);
    }
  }

  private void run() throws IOException {
    var answer = new ByteArrayOutputStream();
    door.handle(new ByteArrayInputStream(event), answer);
    int status = Json.parse(answer.toByteArray()).path("statusCode").asInt();
    if (status != 401) {
      throw new IOException("the door answered " + status + " to a request with an unknown key");
    }
    rest.run();
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) {
    // Ids come from a secure source, times from the clock, and dead connections are replaced.
  }
}
