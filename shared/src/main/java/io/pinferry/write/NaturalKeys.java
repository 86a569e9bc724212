package io.pinferry.write;

import static io.pinferry.net.UriText.encode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.pinterest.PinterestFailure.Kind;
import io.pinferry.pinterest.WritableObject;
import io.pinferry.pinterest.WritableObject.NaturalKey;
import io.pinferry.pinterest.WriteCall;
import io.pinferry.write.RecordSender.Attempt;
import io.pinferry.write.WriteCalls.Effect;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds out by its natural key whether a record was created although the answer was lost. An older
 * record can have the same key, so the ids are looked up before the creation as well, and only a
 * record that came after that can be the created one.
 */
final class NaturalKeys {
  /** The most lists that are read for one request; the records of further lists stay unknown. */
  private static final int LISTS_MAX = 10;

  private static final int PAGES_MAX = 4;

  private final WriteCalls calls;
  private final WritableObject object;
  private final NaturalKey key;
  private final WriteCall listing;

  /** Lists that a later look may be able to read. */
  private final Set<String> unread = new HashSet<>();

  NaturalKeys(WriteCalls calls, WritableObject object, NaturalKey key) {
    this.calls = calls;
    this.object = object;
    this.key = key;
    this.listing = new WriteCall("GET", key.path(), null, key.adAccount(), Set.of(), null);
  }

  /** Returns for each request the ids of the records with its key; null where that is unknown. */
  List<@Nullable Set<String>> idsOf(List<RecordRequest> requests) {
    Map<String, List<ObjectNode>> lists = lists(requests);
    List<@Nullable Set<String>> ids = new ArrayList<>();
    for (RecordRequest request : requests) {
      List<ObjectNode> list = lists.get(list(request));
      ids.add(
          list == null
              ? null
              : list.stream()
                  .filter(item -> hasSameKey(item, request))
                  .map(this::id)
                  .collect(Collectors.toSet()));
    }
    return ids;
  }

  /**
   * The records that lost creations have made.
   *
   * @param found the records by the index of their attempt
   * @param open attempts without a record for which a later look may find one: their list could not
   *     be read, or Pinterest may still work on them
   */
  record Finds(Map<Integer, ObjectNode> found, Set<Integer> open) {
    static final Finds NONE = new Finds(Map.of(), Set.of());
  }

  /**
   * Finds the records that lost creations have made.
   *
   * @param known ids of records that other requests are known to have created
   */
  Finds find(List<Attempt> lost, Set<String> known) {
    Map<String, List<ObjectNode>> lists =
        lists(
            lost.stream()
                .filter(attempt -> attempt.sameBefore() != null)
                .map(Attempt::request)
                .toList());
    Map<Integer, List<ObjectNode>> candidates = new HashMap<>();
    Map<String, Integer> matches = new HashMap<>();
    Set<Integer> open = new HashSet<>();
    for (Attempt attempt : lost) {
      Set<String> before = attempt.sameBefore();
      List<ObjectNode> list = lists.get(list(attempt.request()));
      if (before == null || list == null) {
        if (before != null && unread.contains(list(attempt.request()))) {
          open.add(attempt.index());
        }
        continue;
      }
      List<ObjectNode> found =
          list.stream()
              .filter(item -> hasSameKey(item, attempt.request()))
              .filter(item -> hasSentValues(item, attempt.request()))
              .filter(item -> !before.contains(id(item)) && !known.contains(id(item)))
              .toList();
      candidates.put(attempt.index(), found);
      if (found.isEmpty() && attempt.fresh()) {
        open.add(attempt.index());
      }
      found.stream().map(this::id).distinct().forEach(id -> matches.merge(id, 1, Integer::sum));
    }
    Map<Integer, ObjectNode> created = new HashMap<>();
    // If two records match an attempt, or two attempts a record, nobody can say which is which.
    candidates.forEach(
        (index, found) -> {
          if (found.size() == 1 && Objects.equals(matches.get(id(found.getFirst())), 1)) {
            created.put(index, found.getFirst());
          }
        });
    return new Finds(created, open);
  }

  /** Returns the records of each list that could be read to its end. */
  private Map<String, List<ObjectNode>> lists(List<RecordRequest> requests) {
    Map<String, List<ObjectNode>> lists = new LinkedHashMap<>();
    List<String> wanted = requests.stream().map(this::list).distinct().toList();
    wanted.stream()
        .limit(LISTS_MAX)
        .forEach(list -> read(list).ifPresent(items -> lists.put(list, items)));
    wanted.stream().skip(LISTS_MAX).forEach(unread::add);
    return lists;
  }

  private Optional<List<ObjectNode>> read(String list) {
    boolean single = key.single();
    List<ObjectNode> items = new ArrayList<>();
    String first = single ? list : with(list, "page_size", "250");
    String next = first;
    for (int page = 0; page < PAGES_MAX; page++) {
      Effect effect = calls.send(listing, next, null, List.of(single ? object.idField() : "items"));
      if (single
          && effect instanceof Effect.Refusal(PinterestFailure failure)
          && failure.status() == 404) {
        return Optional.of(items);
      }
      if (!(effect instanceof Effect.Success(JsonNode answer))) {
        if (!(effect instanceof Effect.Refusal(PinterestFailure failure))
            || RecordResults.isTemporary(failure)
            || failure.kind() == Kind.TOKEN_REJECTED) {
          unread.add(list);
        }
        return Optional.empty();
      }
      if (single) {
        return answer instanceof ObjectNode item ? Optional.of(List.of(item)) : Optional.empty();
      }
      for (JsonNode item : answer.path("items")) {
        if (item instanceof ObjectNode found) {
          items.add(found);
        }
      }
      String bookmark = answer.path("bookmark").asText("");
      if (bookmark.isEmpty()) {
        return Optional.of(items);
      }
      next = with(first, "bookmark", bookmark);
    }
    return Optional.empty();
  }

  /** Returns path and query of the list that a request's record would be in. */
  private String list(RecordRequest request) {
    ObjectNode body = Objects.requireNonNull(request.body());
    Map<String, String> parameters = new HashMap<>(request.parameters());
    if (key.single()) {
      parameters.put(key.field(), body.path(key.field()).asText());
    }
    String path = listing.pathAndQuery(parameters);
    for (String filter : key.queries()) {
      if (body.hasNonNull(filter)) {
        return with(path, filter, body.path(filter).asText());
      }
    }
    return path;
  }

  private static String with(String pathAndQuery, String name, String value) {
    char separator = pathAndQuery.contains("?") ? '&' : '?';
    return pathAndQuery + separator + name + "=" + encode(value);
  }

  private boolean hasSameKey(ObjectNode item, RecordRequest request) {
    JsonNode sent = Objects.requireNonNull(request.body()).path(key.field());
    return item.path(key.field()).asText().equals(sent.asText());
  }

  /** Returns whether a record has every plain value that was sent, where it shows the member. */
  private static boolean hasSentValues(ObjectNode item, RecordRequest request) {
    return Objects.requireNonNull(request.body()).properties().stream()
        .filter(sent -> sent.getValue().isValueNode() && item.hasNonNull(sent.getKey()))
        .allMatch(sent -> item.get(sent.getKey()).asText().equals(sent.getValue().asText()));
  }

  private String id(ObjectNode item) {
    return item.path(object.idField()).asText();
  }
}
