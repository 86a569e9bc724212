package io.pinferry.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.Installation;
import io.pinferry.notification.Notification.Party;
import io.pinferry.pinterest.WriteCatalogue;
import io.pinferry.pinterest.WriteVerb;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an operation keeps of the request that it carries out.
 *
 * @param batch whether the records came as a batch
 * @param deadline until when an asynchronous write is tried; null for a synchronous one
 * @param gatheredUntil until when records join it; null if it came as a whole. It does not say then
 *     how many there are
 * @param account the account that is to be written to; null if nothing is to be sent
 */
record WriteSpec(
    WriteVerb verb,
    Party group,
    Party consumer,
    int recordCount,
    boolean batch,
    boolean allOrNone,
    @Nullable Instant deadline,
    @Nullable Instant gatheredUntil,
    @Nullable AccountId account) {

  /** Returns whether a record of this write that was sent bears a mark. */
  boolean marks(String objectName) {
    return WriteCatalogue.find(objectName)
        .flatMap(object -> object.find(verb))
        .filter(call -> !call.repeatable())
        .isPresent();
  }

  static WriteSpec of(
      WriteRequest request, Installation installation, Instant now, @Nullable AccountId account) {
    Duration gathering = request.gathering();
    Instant from = gathering == null ? now : now.plus(gathering);
    return new WriteSpec(
        request.verb(),
        new Party(installation.group().ref(), installation.group().name()),
        new Party(installation.consumer().ref(), installation.consumer().name()),
        gathering == null ? request.records().size() : 0,
        request.batch() || gathering != null,
        request.allOrNone(),
        request.deadline() == null ? null : from.plus(request.deadline()),
        gathering == null ? null : from,
        account);
  }

  String text() {
    ObjectNode json =
        Json.object()
            .put("type", verb.text())
            .put("groupRef", group.ref())
            .put("groupName", group.name())
            .put("consumerRef", consumer.ref())
            .put("consumerName", consumer.name())
            .put("recordCount", recordCount)
            .put("batch", batch)
            .put("allOrNone", allOrNone);
    if (deadline != null) {
      json.put("deadline", deadline.toString());
    }
    if (gatheredUntil != null) {
      json.put("gatheredUntil", gatheredUntil.toString());
    }
    if (account != null) {
      json.put("account", account.value());
    }
    return Json.text(json);
  }

  static WriteSpec fromText(String text) {
    JsonNode json = Json.trusted(text);
    return new WriteSpec(
        WriteVerb.of(json.path("type").asText()),
        new Party(json.path("groupRef").asText(), json.path("groupName").asText()),
        new Party(json.path("consumerRef").asText(), json.path("consumerName").asText()),
        json.path("recordCount").asInt(),
        json.path("batch").asBoolean(),
        json.path("allOrNone").asBoolean(),
        json.has("deadline") ? Instant.parse(json.path("deadline").asText()) : null,
        json.has("gatheredUntil") ? Instant.parse(json.path("gatheredUntil").asText()) : null,
        json.has("account") ? new AccountId(json.path("account").asText()) : null);
  }
}
