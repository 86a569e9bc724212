package io.pinferry.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.pinterest.DisplayNames;
import io.pinferry.pinterest.ObjectField;

/** Fields of objects as the contract shows them. */
final class FieldViews {
  private FieldViews() {}

  /**
   * Returns a field's metadata.
   *
   * @param fieldName the name in manifests and configs; a path if the field is inside another
   */
  static ObjectNode metadata(
      String fieldName, String displayName, ObjectField field, boolean readOnly, boolean required) {
    ObjectNode json = Json.object();
    json.put("fieldName", fieldName);
    json.put("displayName", displayName);
    json.put("valueType", field.type().text());
    json.put("providerType", field.providerType());
    json.put("readOnly", readOnly);
    // Pinterest has no custom fields.
    json.put("isCustom", false);
    json.put("isRequired", required);
    String refersTo = field.refersTo();
    if (refersTo != null) {
      json.putArray("referenceTo").add(refersTo);
    }
    if (!field.words().isEmpty()) {
      ArrayNode values = json.putArray("values");
      for (String word : field.words()) {
        values
            .addObject()
            .put("value", word)
            .put("displayValue", DisplayNames.ofWord(field.name(), word));
      }
    }
    return json;
  }
}
