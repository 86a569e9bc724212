package io.pinferry.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes revisions of content that has been found valid. */
final class RevisionReader {
  private RevisionReader() {}

  static IntegrationRevision revision(ObjectNode content) {
    List<ReadObject> read = new ArrayList<>();
    for (JsonNode object : content.path("read").path("objects")) {
      read.add(readObject(object));
    }
    List<WriteObject> write = new ArrayList<>();
    for (JsonNode object : content.path("write").path("objects")) {
      write.add(
          new WriteObject(
              object.path("objectName").asText(),
              object.path("inheritMapping").asBoolean(),
              object.path("valueDefaults").path("allowAnyFields").asBoolean()));
    }
    return new IntegrationRevision(
        content.path("name").asText(),
        content.path("provider").asText(),
        read,
        write,
        content.path("proxy").path("enabled").asBoolean(),
        content);
  }

  private static ReadObject readObject(JsonNode object) {
    String schedule = text(object, "schedule");
    String plan = text(object, Plan.KEY);
    return new ReadObject(
        object.path("objectName").asText(),
        object.path("destination").asText(),
        schedule == null ? null : Cron.parse(schedule),
        object.has("enabled"),
        text(object, "mapToName"),
        fields(object.path("requiredFields")),
        fields(object.path("optionalFields")),
        object.has("optionalFieldsAuto"),
        backfill(object.path("backfill").path("defaultPeriod")),
        plan == null ? null : Plan.of(plan));
  }

  static Backfill backfill(JsonNode period) {
    if (period.path("fullHistory").asBoolean()) {
      return new Backfill.Full();
    }
    int days = period.path("days").asInt();
    return days == 0 ? new Backfill.None() : new Backfill.Days(days);
  }

  private static List<ManifestField> fields(JsonNode list) {
    List<ManifestField> fields = new ArrayList<>();
    for (JsonNode field : list) {
      FieldPath name = path(field, "fieldName");
      FieldPath mapTo = path(field, "mapToName");
      if (name != null) {
        fields.add(new ManifestField.Existing(name, mapTo));
      } else if (mapTo != null) {
        fields.add(new ManifestField.Slot(mapTo, path(field, "default")));
      }
    }
    return fields;
  }

  private static @Nullable FieldPath path(JsonNode object, String key) {
    String text = text(object, key);
    return text == null ? null : FieldPath.parse(text);
  }

  private static @Nullable String text(JsonNode object, String key) {
    JsonNode value = object.get(key);
    return value == null ? null : value.asText();
  }
}
