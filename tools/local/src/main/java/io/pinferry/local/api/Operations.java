package io.pinferry.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.Tasks;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The operations of a project. */
public final class Operations {
  private static final Duration POLL = Duration.ofSeconds(1);

  /** How many pages of a list are searched for operations of one installation. */
  private static final int PAGES_MAX = 50;

  private final Doors doors;
  private final Tasks tasks;

  public Operations(Doors doors, Tasks tasks) {
    this.doors = doors;
    this.tasks = tasks;
  }

  /**
   * The operations to list; null for any.
   *
   * @param group the product's name of the customer
   * @param installation its id
   * @param since a time in RFC 3339
   */
  public record Filter(
      @Nullable String group,
      @Nullable String installation,
      @Nullable String object,
      @Nullable String status,
      @Nullable String since) {}

  /**
   * Returns a page of operations, newest first, in the form of the API.
   *
   * @param pageToken the token of a page before; null for the first page
   */
  public ObjectNode list(Filter filter, int size, @Nullable String pageToken) {
    ArrayNode found = Json.object().putArray("results");
    String token = pageToken;
    for (int page = 0; page < PAGES_MAX; page++) {
      JsonNode answer =
          doors.get(
              doors.path(
                  new Query("/operations")
                      .with("pageSize", Integer.toString(size - found.size()))
                      .with("groupRef", filter.group())
                      .with("objectName", filter.object())
                      .with("status", filter.status())
                      .with("since", filter.since())
                      .with("pageToken", token)
                      .text()));
      for (JsonNode one : answer.path("results")) {
        if (filter.installation() == null
            || one.path("installationId").asText().equals(filter.installation())) {
          found.add(one);
        }
      }
      token = answer.path("pagination").path("nextPageToken").textValue();
      if (token == null || found.size() == size) {
        break;
      }
    }
    ObjectNode list = Json.object();
    list.set("results", found);
    ObjectNode pagination = list.putObject("pagination").put("done", token == null);
    if (token != null) {
      pagination.put("nextPageToken", token);
    }
    return list;
  }

  public JsonNode get(String id) {
    return doors.get(doors.path("/operations/" + Doors.encoded(id)));
  }

  /** Returns the lines of an operation's log, the newest last. */
  public List<JsonNode> log(String id) {
    return doors
        .get(doors.path("/operations/" + Doors.encoded(id) + "/logs"))
        .valueStream()
        .toList();
  }

  /**
   * Starts a read now, and returns its operation's id. A read that runs is not started twice.
   *
   * @param members further members of the request, such as its period
   */
  public String read(Installations.Found installation, String object, ObjectNode members) {
    ObjectNode body = members.deepCopy();
    body.put("groupRef", installation.group()).put("mode", "async");
    return doors
        .postToRead(
            doors.path(
                "/integrations/"
                    + Doors.encoded(installation.integration())
                    + "/objects/"
                    + Doors.encoded(object)),
            body)
        .path("operationId")
        .asText();
  }

  /** Looks at an operation once a second until it has ended, and returns its end. */
  public JsonNode watch(String id, Consumer<JsonNode> progress) {
    while (true) {
      JsonNode operation = get(id);
      progress.accept(operation);
      if (hasEnded(operation)) {
        return operation;
      }
      tasks.sleepUntil(tasks.now().plus(POLL));
    }
  }

  /** Passes the lines of a log on until the operation has ended, and returns its end. */
  public JsonNode follow(String id, Consumer<JsonNode> line) {
    Set<JsonNode> shown = new HashSet<>();
    return watch(
        id,
        // The log is asked for after the status, so the last lines of an ended operation are there.
        _ -> {
          List<JsonNode> all = log(id);
          all.stream().filter(one -> !shown.contains(one)).forEach(line);
          // A log shows its newest lines only, so older ones do not come back.
          shown.clear();
          shown.addAll(all);
        });
  }

  public static boolean hasEnded(JsonNode operation) {
    return !operation.path("status").asText().equals("in_progress");
  }

  public static boolean hasFailed(JsonNode operation) {
    return operation.path("status").asText().equals("failure");
  }

  /** Returns the name of an operation's object. */
  public static String object(JsonNode operation) {
    return operation.at("/metadata/objects/0").asText();
  }

  /** Returns how many records a read has read so far; empty if that is not told. */
  public static Optional<Long> records(JsonNode operation) {
    JsonNode records = operation.at("/metadata/progress/recordsProcessed");
    return records.isNumber() ? Optional.of(records.longValue()) : Optional.empty();
  }
}
