package io.pinferry.manifest;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which fields of a record are delivered, and as what.
 *
 * @param fields unmapped fields, which go into {@code fields}; none is the source of a mapping
 * @param mappings mapped fields, which go into {@code mappedFields}: from the path to deliver at to
 *     the path in the record. No target lies inside another
 * @param valueMappings by the path that is delivered, an entry of {@code fields} or a target of
 *     {@code mappings}: from the value at Pinterest to the value to deliver. A value that it lacks
 *     is delivered as it is
 * @param all whether every other field of a record goes into {@code fields} too
 */
public record FieldSelection(
    List<FieldPath> fields,
    Map<FieldPath, FieldPath> mappings,
    Map<FieldPath, Map<String, String>> valueMappings,
    boolean all) {
  public FieldSelection {
    fields = List.copyOf(fields);
    mappings = Collections.unmodifiableMap(new LinkedHashMap<>(mappings));
    valueMappings = Collections.unmodifiableMap(new LinkedHashMap<>(valueMappings));
  }
}
