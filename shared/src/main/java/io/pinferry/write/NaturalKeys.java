package io.pinferry.write;

import static io.pinferry.net.UriText.encode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.directory.Installation;
import io.pinferry.pinterest.WritableObject;
import io.pinferry.pinterest.WritableObject.NaturalKey;
import io.pinferry.pinterest.WriteCall;
import io.pinferry.write.WriteCalls.Deadlines;
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
 * Tells by its natural key whether a record was created though the answer was lost. A record that
 * was there before has the same key, so what is there is looked up before the creation as well, and
 * only what came since can be the one.
 */
final class NaturalKeys {
  /** The most lists looked through for one request; a record of a further one cannot be told. */
  private static final int LISTS_MAX = 10;

  private static final int PAGES_MAX = 4;

  private final WriteCalls pinterest;
  private final Installation installation;
  private final WritableObject object;
  private final NaturalKey key;
  private final WriteCall look;
  private final Deadlines deadlines;

  NaturalKeys(
      WriteCalls pinterest,
      Installation installation,
      WritableObject object,
      NaturalKey key,
      Deadlines deadlines) {
    this.pinterest = pinterest;
    this.installation = installation;
    this.object = object;
    this.key = key;
    this.look = new WriteCall("GET", key.path(), null, key.adAccount(), Set.of(), null);
    this.deadlines = deadlines;
  }

  /** A creation that Pinterest may or may not have carried out. */
  record Lost(int index, PreparedRecord record, @Nullable Set<String> sameBefore) {}

  /**
   * Looks up what is there.
   *
   * @return for each record the ids of those that have its key; null where that cannot be told
   */
  List<@Nullable Set<String>> idsOf(List<PreparedRecord> records) {
    Map<String, List<ObjectNode>> lists = lists(records);
    List<@Nullable Set<String>> ids = new ArrayList<>();
    for (PreparedRecord record : records) {
      List<ObjectNode> list = lists.get(list(record));
      ids.add(
          list == null
              ? null
              : list.stream()
                  .filter(item -> sameKey(item, record))
                  .map(this::id)
                  .collect(Collectors.toSet()));
    }
    return ids;
  }

  /**
   * Finds the records that were created.
   *
   * @param claimed ids of records that others are known to have created
   * @return what was found, by the index of the creation; nothing of those of which it cannot be
   *     told
   */
  Map<Integer, ObjectNode> find(List<Lost> lost, Set<String> claimed) {
    Map<String, List<ObjectNode>> lists =
        lists(lost.stream().filter(one -> one.sameBefore() != null).map(Lost::record).toList());
    Map<Integer, List<ObjectNode>> candidates = new HashMap<>();
    Map<String, Set<Integer>> claimants = new HashMap<>();
    for (Lost one : lost) {
      Set<String> before = one.sameBefore();
      List<ObjectNode> list = lists.get(list(one.record()));
      if (before == null || list == null) {
        continue;
      }
      List<ObjectNode> found =
          list.stream()
              .filter(item -> sameKey(item, one.record()))
              .filter(item -> agrees(item, one.record()))
              .filter(item -> !before.contains(id(item)) && !claimed.contains(id(item)))
              .toList();
      candidates.put(one.index(), found);
      found.forEach(
          item -> claimants.computeIfAbsent(id(item), absent -> new HashSet<>()).add(one.index()));
    }
    Map<Integer, ObjectNode> created = new HashMap<>();
    // Two that are alike, or two that could be it: nobody can say which belongs to which.
    candidates.forEach(
        (index, found) -> {
          if (found.size() == 1
              && Objects.requireNonNull(claimants.get(id(found.getFirst()))).size() == 1) {
            created.put(index, found.getFirst());
          }
        });
    return created;
  }

  /**
   * Returns what each list holds; nothing of a list that could not be looked through to its end.
   */
  private Map<String, List<ObjectNode>> lists(List<PreparedRecord> records) {
    Map<String, List<ObjectNode>> lists = new LinkedHashMap<>();
    records.stream()
        .map(this::list)
        .distinct()
        .limit(LISTS_MAX)
        .forEach(list -> read(list).ifPresent(items -> lists.put(list, items)));
    return lists;
  }

  private Optional<List<ObjectNode>> read(String list) {
    boolean one = key.single();
    List<ObjectNode> items = new ArrayList<>();
    String first = one ? list : with(list, "page_size", "250");
    String next = first;
    for (int page = 0; page < PAGES_MAX; page++) {
      Effect effect = pinterest.send(installation, look, next, null, deadlines, () -> true);
      if (one && effect instanceof Effect.Refused refused && refused.failure().status() == 404) {
        return Optional.of(items);
      }
      if (!(effect instanceof Effect.Done(JsonNode answer))) {
        return Optional.empty();
      }
      if (one) {
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

  /** Returns path and query of the list in which a record is to be found. */
  private String list(PreparedRecord record) {
    ObjectNode body = Objects.requireNonNull(record.body());
    Map<String, String> parameters = new HashMap<>(record.parameters());
    if (key.single()) {
      parameters.put(key.field(), body.path(key.field()).asText());
    }
    String path = look.pathAndQuery(parameters);
    for (String narrower : key.queries()) {
      if (body.hasNonNull(narrower)) {
        return with(path, narrower, body.path(narrower).asText());
      }
    }
    return path;
  }

  private static String with(String pathAndQuery, String name, String value) {
    char separator = pathAndQuery.contains("?") ? '&' : '?';
    return pathAndQuery + separator + name + "=" + encode(value);
  }

  private boolean sameKey(ObjectNode item, PreparedRecord record) {
    JsonNode sent = Objects.requireNonNull(record.body()).path(key.field());
    return item.path(key.field()).asText().equals(sent.asText());
  }

  /** Returns whether what was found has every plain value that was sent, as far as it shows it. */
  private static boolean agrees(ObjectNode found, PreparedRecord record) {
    return Objects.requireNonNull(record.body()).properties().stream()
        .filter(sent -> sent.getValue().isValueNode() && found.hasNonNull(sent.getKey()))
        .allMatch(sent -> found.get(sent.getKey()).asText().equals(sent.getValue().asText()));
  }

  private String id(ObjectNode item) {
    return item.path(object.idField()).asText();
  }
}
