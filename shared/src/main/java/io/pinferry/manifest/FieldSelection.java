package io.pinferry.manifest;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The fields of a record to deliver.
 *
 * @param fields unmapped fields, for the member {@code fields}; none is the source of a mapping
 * @param mappings mapped fields, for the member {@code mappedFields}: from the delivered path to
 *     the path in the record. No delivered path lies inside another
 * @param valueMappings by delivered path (an entry of {@code fields}, or a key of {@code
 *     mappings}): from the value at Pinterest to the delivered value. Other values are delivered
 *     unchanged
 * @param all whether {@code fields} has every other field of a record too
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
