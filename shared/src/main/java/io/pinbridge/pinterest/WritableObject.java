package io.pinbridge.pinterest;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An object that can be written.
 *
 * @param name as in manifests and paths
 * @param idField the member of an answer that is the record's id
 * @param calls the requests that Pinterest has for it
 * @param createMany creates several in one request, all or none; null if Pinterest cannot
 * @param naturalKey finds a record that may have been created; null if nothing tells records apart
 */
public record WritableObject(
    String name,
    String idField,
    Map<WriteVerb, WriteCall> calls,
    @Nullable WriteCall createMany,
    @Nullable NaturalKey naturalKey) {

  // Not the compact form: javac loses the parameters' nullness in it.
  public WritableObject(
      String name,
      String idField,
      Map<WriteVerb, WriteCall> calls,
      @Nullable WriteCall createMany,
      @Nullable NaturalKey naturalKey) {
    this.name = name;
    this.idField = idField;
    this.calls = Collections.unmodifiableMap(new EnumMap<>(calls));
    this.createMany = createMany;
    this.naturalKey = naturalKey;
  }

  /**
   * How to look for a record whose creation may have taken effect.
   *
   * @param path the list to look through
   * @param field the member that is equal in what was sent and what was created
   * @param query members of what was sent that the list's query needs, if there are any
   */
  public record NaturalKey(String path, String field, @Nullable String query) {}

  public Optional<WriteCall> find(WriteVerb verb) {
    return Optional.ofNullable(calls.get(verb));
  }
}
