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
 * What is to be written.
 *
 * @param batch whether the records came as a batch, which also decides the answer's form
 * @param allOrNone whether nothing is to be written unless everything can be
 * @param deadline how long an asynchronous write is tried; null for a synchronous one
 * @param gathering how long a single record may wait for others to go with it; null for not at all
 */
record WriteRequest(
    String groupRef,
    WriteVerb verb,
    List<ObjectNode> records,
    boolean batch,
    boolean allOrNone,
    @Nullable Duration deadline,
    @Nullable Duration gathering) {
  static final int RECORDS_MAX = 100;

  private static final int DEADLINE_HOURS_MAX = 48;
  private static final int DELAY_MINUTES_MAX = 1_440;

  WriteRequest {
    records = List.copyOf(records);
  }

  /**
   * Returns the work of the operation that carries this request out.
   *
   * @param account the account that is written to; null if nothing is to be sent
   */
  Work.Write work(
      Installation installation, String objectName, Instant now, @Nullable AccountId account) {
    Instant from = gathering == null ? now : now.plus(gathering);
    return new Work.Write(
        objectName,
        verb,
        Customer.of(installation),
        gathering == null ? records.size() : 0,
        batch || gathering != null,
        allOrNone,
        new Work.Timing(
            deadline != null,
            deadline == null ? null : from.plus(deadline),
            gathering == null ? null : from),
        account);
  }

  /** Reads a request's body. What is wrong becomes an issue of it. */
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
    JsonBody gathering = body.object("autoBatchPolicy").orElse(null);
    if (gathering != null && (!later || body.tree("batch").isPresent())) {
      body.issue("autoBatchPolicy", "is for mode asynchronous and a single record only");
    }
    JsonBody retrying = body.object("retryPolicy").orElse(null);
    if (retrying != null) {
      retrying.allowOnly("deadlineHours");
    }
    int hours = hours(retrying, "deadlineHours");
    Duration delay = null;
    if (gathering != null) {
      gathering.allowOnly("maxDelayMinutes", "retryDeadlineHours");
      Optional<Integer> minutes = gathering.number("maxDelayMinutes", 1, DELAY_MINUTES_MAX);
      if (gathering.tree("maxDelayMinutes").isEmpty()) {
        gathering.issue("maxDelayMinutes", "is missing");
      }
      delay = Duration.ofMinutes(minutes.orElse(1));
      // As the contract has it, the other policy does not count then.
      hours = hours(gathering, "retryDeadlineHours");
    }
    if (!later && body.tree("retryPolicy").isPresent()) {
      body.issue("retryPolicy", "is for mode asynchronous only");
    }
    for (String other : List.of("associations", "headers")) {
      if (body.tree(other).filter(tree -> !tree.isEmpty()).isPresent()) {
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
      if (!entry.path("associations").isEmpty()) {
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

  /** Returns the same to be done at once. */
  WriteRequest synchronous() {
    return new WriteRequest(groupRef, verb, records, batch, allOrNone, null, null);
  }

  /** Returns where a record is in the body. */
  String place(int index) {
    return batch ? "batch[" + index + "].record" : "record";
  }
}
