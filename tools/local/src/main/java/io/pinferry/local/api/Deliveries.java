package io.pinferry.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The attempts to deliver messages of a project, and their replay. */
public final class Deliveries {
  private final Doors doors;

  public Deliveries(Doors doors) {
    this.doors = doors;
  }

  /**
   * The messages that are meant; null for any.
   *
   * @param messages their ids; empty for any
   * @param since a time in RFC 3339
   * @param until a time in RFC 3339
   */
  public record Choice(
      @Nullable String destination,
      @Nullable String operation,
      List<String> messages,
      @Nullable String since,
      @Nullable String until) {
    public Choice {
      messages = List.copyOf(messages);
    }
  }

  /**
   * Returns a page of attempts, newest first, in the form of the API.
   *
   * @param choice has one message at most
   * @param status failed or accepted; null for any
   * @param pageToken the token of a page before; null for the first page
   */
  public JsonNode list(
      Choice choice, @Nullable String status, int size, @Nullable String pageToken) {
    return doors.get(
        doors.path(
            new Query("/deliveries")
                .with("pageSize", Integer.toString(size))
                .with("destination", choice.destination())
                .with("operationId", choice.operation())
                .with(
                    "messageId", choice.messages().isEmpty() ? null : choice.messages().getFirst())
                .with("status", status)
                .with("since", choice.since())
                .with("until", choice.until())
                .with("pageToken", pageToken)
                .text()));
  }

  /** Sends messages again, and returns how many, and which were left, in the form of the API. */
  public ObjectNode replay(Choice choice, boolean onlyUndelivered) {
    ObjectNode body = Json.object();
    putIfGiven(body, "destination", choice.destination());
    putIfGiven(body, "operationId", choice.operation());
    putIfGiven(body, "since", choice.since());
    putIfGiven(body, "until", choice.until());
    if (!choice.messages().isEmpty()) {
      ArrayNode ids = body.putArray("messageIds");
      choice.messages().forEach(ids::add);
    }
    if (onlyUndelivered) {
      body.put("onlyUndelivered", true);
    }
    int count = 0;
    ArrayNode left = Json.object().putArray("left");
    JsonNode token;
    do {
      JsonNode answer = doors.post(doors.path("/deliveries:replay"), body);
      count += answer.path("replayed").asInt();
      answer.path("left").forEach(left::add);
      token = answer.at("/pagination/nextPageToken");
      body.set("pageToken", token);
    } while (token.isTextual());
    ObjectNode result = Json.object().put("replayed", count);
    result.set("left", left);
    return result;
  }

  private static void putIfGiven(ObjectNode body, String name, @Nullable String value) {
    if (value != null) {
      body.put(name, value);
    }
  }

  /** Returns why an attempt failed, with the answer if there was one. */
  public static String reason(JsonNode attempt) {
    String answer = attempt.path("answer").asText().replaceAll("\\s+", " ").strip();
    return attempt.path("reason").asText() + (answer.isEmpty() ? "" : ": " + answer);
  }
}
