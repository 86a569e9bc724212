package io.pinferry.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.Group;
import io.pinferry.directory.Installation;
import io.pinferry.http.JsonBody;
import io.pinferry.operation.Customer;
import io.pinferry.operation.Work;
import io.pinferry.pinterest.WriteVerb;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A caller's request to write one record or a batch.
 *
 * @param batch whether the records came as a batch; this also decides the form of the answer
 * @param allOrNone whether nothing may be written unless everything can be
 * @param deadline how long an asynchronous write is tried; null for a synchronous one
 * @param batchDelay how long a single record may wait for others to share a batch; null for no wait
 */
record WriteRequest(
    String groupRef,
    WriteVerb verb,
    List<ObjectNode> records,
    boolean batch,
    boolean allOrNone,
    @Nullable Duration deadline,
    @Nullable Duration batchDelay) {
  static final int RECORDS_MAX = 100;

  private static final int DEADLINE_HOURS_MAX = 48;
  private static final int DELAY_MINUTES_MAX = 1_440;

  WriteRequest {
    records = List.copyOf(records);
  }

  /**
   * Returns the work of the operation that carries this request out.
   *
   * @param account the account that is written to; null if nothing will be sent
   */
  Work.Write work(
      Installation installation, String objectName, Instant now, @Nullable AccountId account) {
    Instant from = batchDelay == null ? now : now.plus(batchDelay);
    return new Work.Write(
        objectName,
        verb,
        Customer.of(installation),
        batchDelay == null ? records.size() : 0,
        batch || batchDelay != null,
        allOrNone,
        new Work.Timing(
            deadline != null,
            deadline == null ? null : from.plus(deadline),
            batchDelay == null ? null : from),
        account);
  }

  /** Reads the body of a request. Errors become issues of the body. */
  static WriteRequest read(JsonBody body) {
    body.allowOnly(
        "groupRef",
        "type",
        "mode",
        "record",
        "batch",
        "batchPolicy",
        "retryPolicy",
        "autoBatchPolicy",
        "associations",
        "headers");
    String groupRef = body.requireText("groupRef", Group.REF_LENGTH_MAX);
    String type = body.requireChoice("type", List.of("create", "update", "delete"));
    boolean later =
        body.choice("mode", List.of("synchronous", "asynchronous"))
            .filter("asynchronous"::equals)
            .isPresent();
    JsonBody autoBatch = body.object("autoBatchPolicy").orElse(null);
    if (autoBatch != null && (!later || body.tree("batch").isPresent())) {
      body.issue("autoBatchPolicy", "is for mode asynchronous and a single record only");
    }
    JsonBody retry = body.object("retryPolicy").orElse(null);
    if (retry != null) {
      retry.allowOnly("deadlineHours");
    }
    int hours = hours(retry, "deadlineHours");
    Duration delay = null;
    if (autoBatch != null) {
      autoBatch.allowOnly("maxDelayMinutes", "retryDeadlineHours");
      Optional<Integer> minutes = autoBatch.number("maxDelayMinutes", 1, DELAY_MINUTES_MAX);
      if (autoBatch.tree("maxDelayMinutes").isEmpty()) {
        autoBatch.issue("maxDelayMinutes", "is missing");
      }
      delay = Duration.ofMinutes(minutes.orElse(1));
      // By the contract this deadline replaces that of the retryPolicy.
      hours = hours(autoBatch, "retryDeadlineHours");
    }
    if (!later && body.tree("retryPolicy").isPresent()) {
      body.issue("retryPolicy", "is for mode asynchronous only");
    }
    for (String other : List.of("associations", "headers")) {
      if (body.tree(other).filter(tree -> !isEmptyList(tree)).isPresent()) {
        body.issue(other, "means nothing to Pinterest: leave it out");
      }
    }
    boolean allOrNone =
        body.object("batchPolicy")
            .map(
                policy -> {
                  policy.allowOnly("allOrNone");
                  return policy.flag("allOrNone", false);
                })
            .orElse(false);
    return new WriteRequest(
        groupRef,
        WriteVerb.of(type),
        records(body),
        body.tree("batch").isPresent(),
        allOrNone,
        later ? Duration.ofHours(hours) : null,
        delay);
  }

  private static boolean isEmptyList(JsonNode tree) {
    return tree.isArray() && tree.isEmpty();
  }

  private static int hours(@Nullable JsonBody policy, String name) {
    return policy == null ? 1 : policy.number(name, 1, DEADLINE_HOURS_MAX).orElse(1);
  }

  private static List<ObjectNode> records(JsonBody body) {
    List<ObjectNode> records = new ArrayList<>();
    boolean single = body.tree("record").isPresent();
    JsonNode batch = body.tree("batch").orElse(null);
    if (single == (batch != null)) {
      body.issue("record", "is needed, or batch, but not both");
      return records;
    }
    if (batch == null) {
      body.object("record").ifPresent(record -> records.add(record.tree()));
      return records;
    }
    if (!batch.isArray() || batch.isEmpty() || batch.size() > RECORDS_MAX) {
      body.issue("batch", "must be a list of 1 to " + RECORDS_MAX + " entries");
      return records;
    }
    for (int i = 0; i < batch.size(); i++) {
      JsonNode entry = batch.path(i);
      String place = "batch[" + i + "]";
      if (entry.hasNonNull("associations") && !isEmptyList(entry.path("associations"))) {
        body.issue(place + ".associations", "means nothing to Pinterest: leave it out");
      }
      if (entry.path("record") instanceof ObjectNode record) {
        records.add(record);
      } else {
        body.issue(place + ".record", "must be an object");
      }
    }
    return records;
  }

  /** Returns the same request as a synchronous one. */
  WriteRequest synchronous() {
    return new WriteRequest(groupRef, verb, records, batch, allOrNone, null, null);
  }

  /** Returns the place of a record in the body. */
  String place(int index) {
    return batch ? "batch[" + index + "].record" : "record";
  }
}
