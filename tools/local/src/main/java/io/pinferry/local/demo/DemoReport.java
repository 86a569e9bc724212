package io.pinferry.local.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/**
 * The result of the demonstration.
 *
 * @param took from the install to the last operation's end
 * @param objects in the order of the catalogue
 */
public record DemoReport(
    Duration took, long signaturesVerified, long signaturesFailed, List<ObjectResult> objects)
    implements Report {
  public DemoReport {
    objects = List.copyOf(objects);
  }

  /**
   * One object.
   *
   * @param status the operation's
   * @param result what the operation says of itself
   * @param pages of Pinterest that were read for it
   */
  public record ObjectResult(
      String object,
      String status,
      String result,
      DeliveredRecords.Comparison comparison,
      long pages,
      Duration took) {
    boolean ok() {
      return status.equals("success") && comparison.complete();
    }
  }

  /** Returns whether everything that Pinterest has was delivered, and nothing else. */
  @Override
  public boolean ok() {
    return signaturesFailed == 0 && objects.stream().allMatch(ObjectResult::ok);
  }

  @Override
  public String toJson() {
    ObjectNode json = Json.object();
    json.put("ok", ok());
    json.put("seconds", seconds(took));
    json.put("signaturesVerified", signaturesVerified);
    json.put("signaturesFailed", signaturesFailed);
    ArrayNode list = json.putArray("objects");
    for (ObjectResult object : objects) {
      list.addObject()
          .put("object", object.object())
          .put("onPinterest", object.comparison().onPinterest())
          .put("delivered", object.comparison().delivered())
          .put("duplicates", object.comparison().duplicates())
          .put("missing", object.comparison().missing())
          .put("unexpected", object.comparison().unexpected())
          .put("pages", object.pages());
    }
    return Json.text(json);
  }

  @Override
  public void print(PrintStream out) {
    out.println();
    out.printf(
        "  %-14s %12s %10s %11s %8s %7s %8s%n",
        "object", "on Pinterest", "delivered", "duplicates", "missing", "pages", "seconds");
    for (ObjectResult object : objects) {
      DeliveredRecords.Comparison is = object.comparison();
      out.printf(
          "  %-14s %,12d %,10d %,11d %,8d %,7d %8.1f  %s%n",
          object.object(),
          is.onPinterest(),
          is.delivered(),
          is.duplicates(),
          is.missing(),
          object.pages(),
          seconds(object.took()),
          object.ok() ? "ok" : "NOT COMPLETE");
      if (!object.ok()) {
        out.println("      " + object.status() + ": " + object.result());
        if (is.unexpected() > 0) {
          out.println("      " + is.unexpected() + " delivered that Pinterest does not have so");
        }
      }
    }
    out.println();
    out.printf(
        "  %,d messages with a valid signature, %,d without, in %.1f seconds%n",
        signaturesVerified, signaturesFailed, seconds(took));
  }

  private static double seconds(Duration duration) {
    return Math.round(duration.toMillis() / 100.0) / 10.0;
  }
}
