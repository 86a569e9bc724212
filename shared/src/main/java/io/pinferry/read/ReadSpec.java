package io.pinferry.read;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.directory.AccountId;
import io.pinferry.notification.Notification.Party;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.pinterest.ReadObject;
import io.pinferry.pinterest.ReadPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a read does, fixed when it starts: everything its messages are made of beside the records,
 * so that a page fetched again gives the same messages.
 *
 * @param objectName Pinterest's object
 * @param deliveredName the name it is delivered under
 * @param destination the destination's name
 * @param planName the plan of the object that is followed
 * @param group whose data it is
 * @param consumer who connected the account
 * @param installationUpdatedAt when the installation last changed
 * @param account whose account is read; with a token of another one the read must not go on
 * @param pinterestUserId the token's user; null if unknown
 * @param selection what is delivered of each record
 * @param since only records whose time is not before; null for all. Records without a time are
 *     always delivered
 * @param until only records whose time is before; null for all
 * @param leftOut what this read does not cover because a scope is missing, in words for a person
 */
public record ReadSpec(
    String objectName,
    String deliveredName,
    String destination,
    String planName,
    Party group,
    Party consumer,
    Instant installationUpdatedAt,
    AccountId account,
    @Nullable String pinterestUserId,
    Selection selection,
    @Nullable Instant since,
    @Nullable Instant until,
    List<String> leftOut) {

  public ReadSpec {
    leftOut = List.copyOf(leftOut);
  }

  public ReadObject object() {
    return ReadCatalogue.get(objectName);
  }

  public ReadPlan plan() {
    return object().plan(planName);
  }

  /** Returns the spec as stored with an operation. */
  public String toJson() {
    ObjectNode json = Json.object();
    json.put("objectName", objectName);
    json.put("deliveredName", deliveredName);
    json.put("destination", destination);
    json.put("planName", planName);
    json.put("groupRef", group.ref());
    json.put("groupName", group.name());
    json.put("consumerRef", consumer.ref());
    json.put("consumerName", consumer.name());
    json.put("installationUpdatedAt", installationUpdatedAt.toString());
    json.put("account", account.value());
    json.put("pinterestUserId", pinterestUserId);
    json.set("selection", selection.toJson());
    json.put("since", since == null ? null : since.toString());
    json.put("until", until == null ? null : until.toString());
    ArrayNode notes = json.putArray("leftOut");
    leftOut.forEach(notes::add);
    return Json.text(json);
  }

  /** Reads what {@link #toJson} wrote. */
  public static ReadSpec fromJson(String text) {
    JsonNode json = Json.trusted(text);
    List<String> leftOut = new ArrayList<>();
    json.path("leftOut").forEach(note -> leftOut.add(note.textValue()));
    return new ReadSpec(
        json.path("objectName").textValue(),
        json.path("deliveredName").textValue(),
        json.path("destination").textValue(),
        json.path("planName").textValue(),
        new Party(json.path("groupRef").textValue(), json.path("groupName").textValue()),
        new Party(json.path("consumerRef").textValue(), json.path("consumerName").textValue()),
        Instant.parse(json.path("installationUpdatedAt").textValue()),
        new AccountId(json.path("account").textValue()),
        json.path("pinterestUserId").textValue(),
        Selection.fromJson(json.path("selection")),
        instant(json.path("since")),
        instant(json.path("until")),
        leftOut);
  }

  private static @Nullable Instant instant(JsonNode value) {
    return value.isTextual() ? Instant.parse(value.textValue()) : null;
  }
}
