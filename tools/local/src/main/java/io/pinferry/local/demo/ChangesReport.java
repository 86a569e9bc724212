package io.pinferry.local.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of the demonstration of changes.
 *
 * @param released the read that released held deletions; null if none were held
 */
public record ChangesReport(
    long signaturesFailed, List<ObjectResult> objects, @Nullable ObjectResult released)
    implements Report {
  public ChangesReport {
    objects = List.copyOf(objects);
  }

  /**
   * Numbers of records.
   *
   * @param deleted told as deleted
   * @param held missing, but so many that they are not told as deleted
   */
  record Counts(long seen, long created, long changed, long unchanged, long deleted, long held) {
    /** Adds unchanged records that are in two lists. */
    Counts withShared(long number) {
      return new Counts(seen + number, created, changed, unchanged + number, deleted, held);
    }
  }

  /**
   * A read of an object, compared with the read before.
   *
   * @param truth from what the account had before, and has now
   * @param told the numbers of the operation
   * @param delivery the messages that came
   * @param first the messages of the first read, which delivered everything
   * @param differences the records in which the copy of the product differs from the account,
   *     except for those that are held or not confirmed
   */
  record ObjectResult(
      String object,
      String result,
      Counts truth,
      Counts told,
      Replica.Delivery delivery,
      Replica.Delivery first,
      long differences) {
    /** Returns how many records are in two lists, since two accounts share them. */
    long shared() {
      return first.records() - first.distinct();
    }

    boolean ok() {
      return truth.withShared(shared()).equals(told)
          && delivery.records() == told.created() + told.changed()
          && delivery.deletions() == told.deleted()
          && differences == 0;
    }
  }

  @Override
  public boolean ok() {
    return signaturesFailed == 0
        && objects.stream().allMatch(ObjectResult::ok)
        && (released == null || released.ok());
  }

  @Override
  public String toJson() {
    ObjectNode json = Json.object();
    json.put("ok", ok());
    json.put("signaturesFailed", signaturesFailed);
    ArrayNode list = json.putArray("objects");
    objects.forEach(object -> list.add(json(object)));
    if (released != null) {
      json.set("released", json(released));
    }
    return Json.text(json);
  }

  private static ObjectNode json(ObjectResult object) {
    ObjectNode json = Json.object();
    json.put("object", object.object()).put("ok", object.ok()).put("result", object.result());
    json.set("truth", json(object.truth()));
    json.set("told", json(object.told()));
    json.putObject("delivered")
        .put("records", object.delivery().records())
        .put("deletions", object.delivery().deletions())
        .put("bytes", object.delivery().bytes())
        .put("bytesBefore", object.first().bytes());
    json.put("inTwoLists", object.shared());
    json.put("differences", object.differences());
    return json;
  }

  private static ObjectNode json(Counts counts) {
    return Json.object()
        .put("seen", counts.seen())
        .put("new", counts.created())
        .put("changed", counts.changed())
        .put("unchanged", counts.unchanged())
        .put("deleted", counts.deleted())
        .put("held", counts.held());
  }

  @Override
  public void print(PrintStream out) {
    out.println();
    out.printf(
        "  %-14s %9s %7s %8s %10s %8s %7s %13s%n",
        "object", "seen", "new", "changed", "unchanged", "deleted", "held", "bytes sent");
    objects.forEach(object -> print(out, object));
    long bytes = objects.stream().mapToLong(object -> object.delivery().bytes()).sum();
    long before = objects.stream().mapToLong(object -> object.first().bytes()).sum();
    out.println();
    out.printf(
        "  The second read sent %,d bytes, the first %,d: %.1f times as many.%n",
        bytes, before, (double) before / Math.max(1, bytes));
    if (released != null) {
      out.println();
      out.println("  A read that releases the held deletions:");
      print(out, released);
      out.println("      " + released.result());
    }
  }

  private static void print(PrintStream out, ObjectResult object) {
    Counts is = object.told();
    out.printf(
        "  %-14s %,9d %,7d %,8d %,10d %,8d %,7d %,13d  %s%n",
        object.object(),
        is.seen(),
        is.created(),
        is.changed(),
        is.unchanged(),
        is.deleted(),
        is.held(),
        object.delivery().bytes(),
        object.ok() ? "ok" : "NOT RIGHT");
    if (!object.ok()) {
      Counts truth = object.truth().withShared(object.shared());
      out.printf(
          "  %-14s %,9d %,7d %,8d %,10d %,8d %,7d%n",
          "  in truth",
          truth.seen(),
          truth.created(),
          truth.changed(),
          truth.unchanged(),
          truth.deleted(),
          truth.held());
      out.printf(
          "      %s%n      delivered: %,d records and %,d deletions; the copy differs in %,d%n",
          object.result(),
          object.delivery().records(),
          object.delivery().deletions(),
          object.differences());
    } else if (object.shared() > 0) {
      out.printf("      %,d of them are in two lists, and count twice%n", object.shared());
    } else if (is.held() > 0) {
      out.println("      " + object.result());
    }
  }
}
