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
 * @param idField the member of an answer that is the record's id
 * @param calls the requests that Pinterest has for it
 * @param otherCreate another request that creates it, in place of the usual one; null for none
 * @param together creates several in one request; null if Pinterest cannot
 * @param naturalKey finds a record that may have been created; null if nothing tells records apart
 * @param completion how to ask whether what was created is finished; null if it is at once
 */
public record WritableObject(
    String name,
    String idField,
    Map<WriteVerb, WriteCall> calls,
    @Nullable OtherCreate otherCreate,
    @Nullable Together together,
    @Nullable NaturalKey naturalKey,
    @Nullable Completion completion) {
  /** What an answer may hold that nobody who writes needs back. */
  public static final Set<String> SECRET_MEMBERS =
      Set.of("credentials", "partner_access_token", "partner_refresh_token");

  public WritableObject {
    calls = Collections.unmodifiableMap(new EnumMap<>(calls));
  }

  /** Returns how several are written in one request; null if Pinterest cannot. */
  public @Nullable Together together(WriteVerb verb) {
    return verb == WriteVerb.CREATE ? together : null;
  }

  /** Returns how to look for what may have been written; null if there is no need or no way. */
  public @Nullable NaturalKey naturalKey(WriteVerb verb) {
    return verb == WriteVerb.CREATE ? naturalKey : null;
  }

  /**
   * Another request that creates such a record.
   *
   * @param member whatever has it is created so
   */
  public record OtherCreate(String member, WriteCall call) {}

  /**
   * How to create several in one request.
   *
   * @param call the request
   * @param list the member of the body that is the list of what is created; null if the body is
   *     that list itself
   * @param countMax the longest list that Pinterest takes
   * @param allOrNone whether it is known that Pinterest creates none of them where it refuses
   * @param named whether the answer is a list of the ids, in the order of the request; else a
   *     success is told of all together
   */
  public record Together(
      WriteCall call, @Nullable String list, int countMax, boolean allOrNone, boolean named) {
    /** Returns what a record adds to the list: itself, or what it has under its name. */
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
   * How to look for a record whose creation may have taken effect.
   *
   * @param path the list to look through, or with the field in braces the record itself
   * @param field the member that is equal in what was sent and what was created
   * @param queries members that narrow the list, of which the first that was sent goes into its
   *     query
   * @param adAccount whether {@code ad_account_id} may be in the query
   */
  public record NaturalKey(String path, String field, List<String> queries, boolean adAccount) {
    public NaturalKey {
      queries = List.copyOf(queries);
    }

    /** Returns whether the path is that of one record. */
    public boolean single() {
      return path.contains("{" + field + "}");
    }
  }

  /**
   * How to ask for the end of what takes its time after it was created.
   *
   * @param call asks for one, by the id in its path or query
   * @param idField the member of the creation's answer that names it, as in the call
   * @param statusField the member of the answer that says where it stands
   * @param running what that says while it is not finished
   * @param finished what that says in the end; anything else is a failure
   */
  public record Completion(
      WriteCall call, String idField, String statusField, Set<String> running, String finished) {
    public Completion {
      running = Set.copyOf(running);
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
