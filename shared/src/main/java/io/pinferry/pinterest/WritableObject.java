package io.pinferry.pinterest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An object that can be written.
 *
 * @param name as in manifests and paths
 * @param idField the member of an answer that is the record's id; empty if its records have none
 * @param calls the requests that Pinterest has for it
 * @param otherCreate another request that creates it, in place of the usual one; null for none
 * @param together the request that creates several; null if Pinterest has none
 * @param naturalKey finds a record that a lost answer may have created; null if nothing tells
 *     records apart
 * @param completion asks whether Pinterest has finished the record; null if it is finished at once
 */
public record WritableObject(
    String name,
    String idField,
    Map<WriteVerb, WriteCall> calls,
    @Nullable OtherCreate otherCreate,
    @Nullable Together together,
    @Nullable NaturalKey naturalKey,
    @Nullable Completion completion) {
  /** Secret members of an answer. They are removed, since no writer needs them back. */
  public static final Set<String> SECRET_MEMBERS =
      Set.of("credentials", "partner_access_token", "partner_refresh_token");

  public WritableObject {
    calls = Collections.unmodifiableMap(new EnumMap<>(calls));
  }

  /** A request for an object, or what else is known of it. */
  sealed interface Part permits WriteCall, OtherCreate, Together, NaturalKey, Completion {}

  /** Makes an object of its parts, in any order. */
  static WritableObject of(String name, String idField, Part... parts) {
    Map<WriteVerb, WriteCall> calls = new EnumMap<>(WriteVerb.class);
    OtherCreate otherCreate = null;
    Together together = null;
    NaturalKey naturalKey = null;
    Completion completion = null;
    for (Part part : parts) {
      switch (part) {
        case WriteCall call -> calls.put(call.verb(), call);
        case OtherCreate other -> otherCreate = other;
        case Together several -> together = several;
        case NaturalKey key -> naturalKey = key;
        case Completion end -> completion = end;
      }
    }
    return new WritableObject(name, idField, calls, otherCreate, together, naturalKey, completion);
  }

  /**
   * Returns the members without which the answer to a creation is no success: the id, unless the
   * caller chose it, and the address for the bytes of a medium.
   */
  public List<String> answered(WriteVerb verb) {
    boolean chosen = naturalKey != null && naturalKey.field().equals(idField);
    if (verb != WriteVerb.CREATE || idField.isEmpty() || chosen) {
      return List.of();
    }
    return name.equals("media") ? List.of(idField, "upload_url") : List.of(idField);
  }

  /** Returns the request that writes several; null if Pinterest has none. */
  public @Nullable Together together(WriteVerb verb) {
    return verb == WriteVerb.CREATE ? together : null;
  }

  /**
   * Returns how to find a record after a lost answer; null if that is not needed or not possible.
   */
  public @Nullable NaturalKey naturalKey(WriteVerb verb) {
    return verb == WriteVerb.CREATE ? naturalKey : null;
  }

  /**
   * Another request that creates such a record.
   *
   * @param member a record that has this member is created by this request
   */
  public record OtherCreate(String member, WriteCall call) implements Part {}

  /**
   * A request that creates several records.
   *
   * @param call the request
   * @param list the member of the body that is the list of records; null if the body itself is the
   *     list
   * @param countMax the longest list that Pinterest takes
   * @param allOrNone whether Pinterest creates none of them if it refuses the request
   * @param named whether the answer is a list of the ids, in the order of the request. If not, it
   *     is one answer for all
   */
  public record Together(
      WriteCall call, @Nullable String list, int countMax, boolean allOrNone, boolean named)
      implements Part {
    /**
     * Returns the entries that a record adds to the list: itself, or the entries of its own list.
     */
    public List<JsonNode> entriesOf(ObjectNode record) {
      if (list == null) {
        return List.of(record);
      }
      List<JsonNode> entries = new ArrayList<>();
      record.path(list).forEach(entries::add);
      return entries;
    }

    /** Returns the body of a request. */
    public JsonNode body(List<JsonNode> entries) {
      ArrayNode all = Json.object().arrayNode().addAll(entries);
      return list == null ? all : Json.object().set(list, all);
    }
  }

  /**
   * How to find a record that a lost answer may have created.
   *
   * @param path the list to search; with the field in braces, the record itself
   * @param field the member that is the same in the request and in the created record
   * @param queries members that narrow the list; the first one that the request has goes into the
   *     query
   * @param adAccount whether {@code ad_account_id} may be in the query
   */
  public record NaturalKey(String path, String field, List<String> queries, boolean adAccount)
      implements Part {
    public NaturalKey {
      queries = List.copyOf(queries);
    }

    /** Returns whether the path leads to one record. */
    public boolean single() {
      return path.contains("{" + field + "}");
    }
  }

  /**
   * How to ask for the end of work that Pinterest does after the creation.
   *
   * @param call asks for one, by the id in its path or query
   * @param idField the member of the answer to the creation that is the id, by the name that the
   *     call uses
   * @param statusField the member of the answer that is the status
   * @param running the statuses before the end
   * @param finished the status of success; any other status is a failure
   * @param result the member without which it is not finished; null for none
   */
  public record Completion(
      WriteCall call,
      String idField,
      String statusField,
      Set<String> running,
      String finished,
      @Nullable String result)
      implements Part {
    public Completion {
      running = Set.copyOf(running);
    }

    /** Returns whether an answer says that it is finished, and has what was asked for. */
    public boolean isFinished(JsonNode answer) {
      return isStatus(answer, finished) && (result == null || answer.hasNonNull(result));
    }

    /** Returns whether an answer says that it is not finished; so does one without the result. */
    public boolean isRunning(JsonNode answer) {
      String status = answer.path(statusField).asText();
      return running.contains(status) || isStatus(answer, finished);
    }

    private boolean isStatus(JsonNode answer, String status) {
      return answer.path(statusField).asText().equals(status);
    }

    /** Returns path and query to ask with. */
    public String pathAndQuery(String id, @Nullable String adAccount) {
      return call.pathAndQuery(
          adAccount == null
              ? Map.of(idField, id)
              : Map.of(idField, id, WriteCall.AD_ACCOUNT, adAccount));
    }
  }

  public Optional<WriteCall> find(WriteVerb verb) {
    return Optional.ofNullable(calls.get(verb));
  }
}
