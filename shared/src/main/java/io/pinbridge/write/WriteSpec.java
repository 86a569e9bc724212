package io.pinbridge.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinbridge.base.Json;
import io.pinbridge.directory.AccountId;
import io.pinbridge.pinterest.WriteVerb;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an operation keeps of the request that it carries out.
 *
 * @param batch whether the records came as a batch
 * @param deadline until when an asynchronous write is tried; null for a synchronous one
 * @param account the account that is to be written to; null if nothing is to be sent
 */
record WriteSpec(
    WriteVerb verb,
    String groupRef,
    int recordCount,
    boolean batch,
    boolean allOrNone,
    @Nullable Instant deadline,
    @Nullable AccountId account) {

  static WriteSpec of(WriteRequest request, Instant now, @Nullable AccountId account) {
    return new WriteSpec(
        request.verb(),
        request.groupRef(),
        request.records().size(),
        request.batch(),
        request.allOrNone(),
        request.deadline() == null ? null : now.plus(request.deadline()),
        account);
  }

  String text() {
    ObjectNode json =
        Json.object()
            .put("type", verb.text())
            .put("groupRef", groupRef)
            .put("recordCount", recordCount)
            .put("batch", batch)
            .put("allOrNone", allOrNone);
    if (deadline != null) {
      json.put("deadline", deadline.toString());
    }
    if (account != null) {
      json.put("account", account.value());
    }
    return Json.text(json);
  }

  static WriteSpec fromText(String text) {
    JsonNode json = Json.trusted(text);
    return new WriteSpec(
        WriteVerb.valueOf(json.path("type").asText().toUpperCase(Locale.ROOT)),
        json.path("groupRef").asText(),
        json.path("recordCount").asInt(),
        json.path("batch").asBoolean(),
        json.path("allOrNone").asBoolean(),
        json.has("deadline") ? Instant.parse(json.path("deadline").asText()) : null,
        json.has("account") ? new AccountId(json.path("account").asText()) : null);
  }
}
