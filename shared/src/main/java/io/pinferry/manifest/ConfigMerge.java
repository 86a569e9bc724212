package io.pinferry.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Codec;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.Nearest;
import io.pinferry.base.PinferryException.InvalidRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Merges what a manifest demands and offers with what a group chose. The component sends the
 * optional choices only; everything else comes from the manifest.
 */
public final class ConfigMerge {
  /** A choice and what follows from it are kept in one item, of which DynamoDB takes 400 kB. */
  private static final int BYTES_MAX = 300_000;

  private final String path;
  private final IntegrationRevision revision;
  private final List<Issue> issues = new ArrayList<>();

  private ConfigMerge(String path, IntegrationRevision revision) {
    this.path = path;
    this.revision = revision;
  }

  /**
   * Returns the effective config.
   *
   * @param path where the config is in the request's body, {@code config.content}
   * @throws InvalidRequest with all that does not fit the manifest
   */
  public static EffectiveConfig merge(
      String path, IntegrationRevision revision, InstallationConfig config) {
    var merge = new ConfigMerge(path, revision);
    EffectiveConfig effective = merge.effective(config);
    merge.checkSize(config, effective);
    if (!merge.issues.isEmpty()) {
      throw InvalidRequest.unprocessable("the config", merge.issues);
    }
    return effective;
  }

  /**
   * Returns the effective config after a change. What the change is not about follows the revision,
   * too, but where it does not fit that one it stays as it was.
   *
   * @param path where the config is in the request's body, {@code config.content}
   * @param config the whole choice after the change
   * @param before what was in effect before it
   * @throws InvalidRequest with all that does not fit the manifest of what the change is about
   */
  public static EffectiveConfig merge(
      String path,
      IntegrationRevision revision,
      InstallationConfig config,
      EffectiveConfig before,
      ChangeScope touched) {
    var merge = new ConfigMerge(path, revision);
    EffectiveConfig effective = merge.changed(config, before, touched);
    merge.checkSize(config, effective);
    if (!merge.issues.isEmpty()) {
      throw InvalidRequest.unprocessable("the config", merge.issues);
    }
    return effective;
  }

  /**
   * Returns the contract's {@code config.content} to answer with: the choice, completed by what is
   * in effect.
   */
  public static ObjectNode shown(InstallationConfig config, EffectiveConfig effective) {
    ObjectNode content = Json.object();
    if (config.provider() != null) {
      content.put("provider", config.provider());
    }
    if (!effective.read().isEmpty()) {
      ObjectNode objects = content.putObject("read").putObject("objects");
      for (EffectiveRead object : effective.read()) {
        ReadObjectConfig chosen =
            config
                .findRead(object.objectName())
                .orElseGet(() -> ReadObjectConfig.empty(object.objectName()));
        objects.set(object.objectName(), Codec.tree(completed(chosen, object)));
      }
    }
    if (config.write() != null) {
      content.putObject("write").set("objects", config.write().deepCopy());
    }
    content.putObject("proxy").put("enabled", effective.proxyEnabled());
    return content;
  }

  private static ReadObjectConfig completed(ReadObjectConfig chosen, EffectiveRead object) {
    Map<FieldPath, Boolean> fields = new LinkedHashMap<>();
    object.selection().fields().forEach(field -> fields.put(field, true));
    chosen.fields().forEach(fields::putIfAbsent);
    return new ReadObjectConfig(
        object.objectName(),
        object.schedule(),
        object.destination(),
        object.disabled(),
        fields,
        object.selection().mappings(),
        chosen.selectedFieldsAuto(),
        chosen.selectedValueMappings(),
        chosen.dynamicMappingsInput(),
        object.backfill());
  }

  private EffectiveConfig effective(InstallationConfig config) {
    checkOffered(config.provider(), config.read().keySet(), config.write(), config.proxyEnabled());
    List<EffectiveRead> read = new ArrayList<>();
    for (ReadObject object : revision.read()) {
      if (isRead(object, config)) {
        read.add(readObject(object, chosen(object, config)));
      }
    }
    return new EffectiveConfig(read, write(config), proxy(config));
  }

  private EffectiveConfig changed(
      InstallationConfig config, EffectiveConfig before, ChangeScope touched) {
    ObjectNode write = Json.object();
    write(config).properties().stream()
        .filter(entry -> touched.write().contains(entry.getKey()))
        .forEach(entry -> write.set(entry.getKey(), entry.getValue()));
    checkOffered(
        config.provider(),
        config.read().keySet().stream().filter(touched::reads).toList(),
        write,
        touched.proxy() ? config.proxyEnabled() : null);
    List<EffectiveRead> read = new ArrayList<>();
    for (ReadObject object : revision.read()) {
      if (!isRead(object, config)) {
        continue;
      }
      if (touched.reads(object.objectName())) {
        read.add(readObject(object, chosen(object, config)));
      } else {
        untouched(object, config)
            .or(() -> exactly(before, object.objectName()))
            .ifPresent(read::add);
      }
    }
    before.read().stream()
        .filter(one -> revision.findRead(one.objectName()).isEmpty())
        .filter(one -> !touched.reads(one.objectName()))
        .forEach(read::add);
    return new EffectiveConfig(read, write(config), proxy(config));
  }

  private void checkSize(InstallationConfig config, EffectiveConfig effective) {
    int bytes = Codec.bytes(config).length + Codec.bytes(effective).length;
    if (bytes > BYTES_MAX) {
      issue(
          "",
          null,
          "is too large: with what follows from it it has %s bytes, at most %s are possible"
              .formatted(bytes, BYTES_MAX));
    }
  }

  private static boolean isRead(ReadObject object, InstallationConfig config) {
    return object.always() || config.read().containsKey(object.objectName());
  }

  private static ReadObjectConfig chosen(ReadObject object, InstallationConfig config) {
    return config
        .findRead(object.objectName())
        .orElseGet(() -> ReadObjectConfig.empty(object.objectName()));
  }

  private static ObjectNode write(InstallationConfig config) {
    return config.write() == null ? Json.object() : config.write();
  }

  private boolean proxy(InstallationConfig config) {
    return revision.proxyEnabled() && !Boolean.FALSE.equals(config.proxyEnabled());
  }

  private void checkOffered(
      @Nullable String provider,
      Collection<String> reads,
      @Nullable ObjectNode write,
      @Nullable Boolean proxyEnabled) {
    if (provider != null && !provider.equals(revision.provider())) {
      issue(".provider", provider, "must be " + revision.provider());
    }
    List<String> offered = revision.read().stream().map(ReadObject::objectName).toList();
    for (String name : reads) {
      if (!offered.contains(name)) {
        issue(".read.objects." + name, null, notOffered("read", name, offered));
      }
    }
    List<String> writable = revision.write().stream().map(WriteObject::objectName).toList();
    for (Map.Entry<String, JsonNode> entry : (write == null ? Json.object() : write).properties()) {
      if (!writable.contains(entry.getKey())) {
        issue(
            ".write.objects." + entry.getKey(),
            null,
            notOffered("write", entry.getKey(), writable));
      }
    }
    if (Boolean.TRUE.equals(proxyEnabled) && !revision.proxyEnabled()) {
      issue(".proxy.enabled", "true", "is not offered by this integration");
    }
  }

  /** Returns an object as the present revision has it; empty if the choice does not fit it. */
  private Optional<EffectiveRead> untouched(ReadObject object, InstallationConfig config) {
    var alone = new ConfigMerge(path, revision);
    EffectiveRead read = alone.readObject(object, chosen(object, config));
    return alone.issues.isEmpty() ? Optional.of(read) : Optional.empty();
  }

  private static Optional<EffectiveRead> exactly(EffectiveConfig config, String objectName) {
    return config.read().stream().filter(read -> read.objectName().equals(objectName)).findFirst();
  }

  private String notOffered(String verb, String name, Collection<String> offered) {
    return "is not among the objects that the integration "
        + revision.name()
        + (verb.equals("read") ? " reads" : " writes")
        + Nearest.hint(name, offered);
  }

  private EffectiveRead readObject(ReadObject object, ReadObjectConfig chosen) {
    return new ObjectMerge(object, chosen).effective();
  }

  private void issue(String rest, @Nullable String value, String detail) {
    issues.add(Issue.body(path + rest, value, detail));
  }

  /** Merges one object. */
  private final class ObjectMerge {
    private final ReadObject object;
    private final ReadObjectConfig chosen;
    private final String place;
    private final Set<FieldPath> fields = new LinkedHashSet<>();
    private final Map<FieldPath, FieldPath> mappings = new LinkedHashMap<>();

    ObjectMerge(ReadObject object, ReadObjectConfig chosen) {
      this.object = object;
      this.chosen = chosen;
      this.place = ".read.objects." + object.objectName();
    }

    EffectiveRead effective() {
      object.requiredFields().forEach(this::addRequired);
      object.optionalFields().forEach(this::addOptional);
      addOfferedByPage();
      addOtherFields();
      checkMappings();
      if (chosen.allFields() && !object.allOptional()) {
        issue(
            place + ".selectedFieldsAuto",
            "all",
            "is not offered: the integration does not offer all fields of this object");
      }
      // A field that is delivered by another name is not delivered by its own too.
      fields.removeAll(mappings.values());
      return new EffectiveRead(
          object.objectName(),
          object.deliveredName(),
          either(chosen.schedule(), object.schedule()),
          Objects.requireNonNullElse(chosen.destination(), object.destination()),
          Boolean.TRUE.equals(chosen.disabled()),
          null,
          new FieldSelection(List.copyOf(fields), mappings, valueMappings(), chosen.allFields()),
          backfill(),
          object.plan());
    }

    private Backfill backfill() {
      Backfill backfill = either(chosen.backfill(), object.backfill());
      return backfill == null ? new Backfill.None() : backfill;
    }

    private void addRequired(ManifestField field) {
      switch (field) {
        case ManifestField.PinterestField existing -> add(existing);
        case ManifestField.Slot slot -> {
          FieldPath source = either(chosen.mappings().get(slot.mapTo()), slot.preset());
          if (source == null) {
            issue(
                place + ".selectedFieldMappings." + slot.mapTo(),
                null,
                "is missing: the integration needs a field for it");
          } else {
            mappings.put(slot.mapTo(), source);
          }
        }
      }
    }

    private void addOptional(ManifestField field) {
      switch (field) {
        case ManifestField.PinterestField existing -> {
          boolean mappedByHand =
              existing.mapTo() != null && chosen.mappings().containsKey(existing.mapTo());
          if (selected(existing.field()) || mappedByHand) {
            add(existing);
          }
        }
        case ManifestField.Slot slot -> {
          FieldPath source = chosen.mappings().get(slot.mapTo());
          if (source != null) {
            mappings.put(slot.mapTo(), source);
          }
        }
      }
    }

    private void add(ManifestField.PinterestField existing) {
      FieldPath mapTo = existing.mapTo();
      if (mapTo == null) {
        fields.add(existing.field());
        return;
      }
      mappings.put(mapTo, existing.field());
      FieldPath other = chosen.mappings().get(mapTo);
      if (other != null && !other.equals(existing.field())) {
        issue(
            place + ".selectedFieldMappings." + mapTo,
            other.toString(),
            "must be " + existing.field() + ", as the integration says");
      }
    }

    /** The builder's page may offer slots of its own, beside the manifest's. */
    private void addOfferedByPage() {
      JsonNode dynamic = chosen.dynamicMappingsInput();
      if (dynamic == null) {
        return;
      }
      for (JsonNode entry : dynamic) {
        if (entry.hasNonNull("mapToName")) {
          FieldPath target = FieldPath.parse(entry.path("mapToName").asText());
          FieldPath source = chosen.mappings().get(target);
          if (source != null) {
            mappings.putIfAbsent(target, source);
          }
        } else {
          FieldPath field = FieldPath.parse(entry.path("fieldName").asText());
          if (selected(field)) {
            fields.add(field);
          }
        }
      }
    }

    private void addOtherFields() {
      Set<FieldPath> known = new LinkedHashSet<>();
      for (List<ManifestField> list : List.of(object.requiredFields(), object.optionalFields())) {
        for (ManifestField field : list) {
          if (field instanceof ManifestField.PinterestField existing) {
            known.add(existing.field());
          }
        }
      }
      Set<FieldPath> fromPage = Set.copyOf(fields);
      chosen.fields().keySet().stream()
          .filter(field -> selected(field) && !known.contains(field))
          .filter(field -> !fromPage.contains(field) && !chosen.mappings().containsValue(field))
          .filter(field -> !mappings.containsValue(field))
          .sorted()
          .forEach(
              field -> {
                if (object.allOptional()) {
                  fields.add(field);
                } else {
                  issue(
                      place + ".selectedFields." + field,
                      null,
                      "is not offered by the integration"
                          + Nearest.hint(
                              field.toString(), known.stream().map(FieldPath::toString).toList()));
                }
              });
    }

    private void checkMappings() {
      List<FieldPath> targets = new ArrayList<>();
      for (List<ManifestField> list : List.of(object.requiredFields(), object.optionalFields())) {
        for (ManifestField field : list) {
          FieldPath target =
              switch (field) {
                case ManifestField.PinterestField existing -> existing.mapTo();
                case ManifestField.Slot slot -> slot.mapTo();
              };
          if (target != null) {
            targets.add(target);
          }
        }
      }
      for (Map.Entry<FieldPath, FieldPath> mapping : chosen.mappings().entrySet()) {
        FieldPath target = mapping.getKey();
        if (!targets.contains(target) && !mappings.containsKey(target)) {
          issue(
              place + ".selectedFieldMappings." + target,
              mapping.getValue().toString(),
              "is not offered by the integration"
                  + Nearest.hint(
                      target.toString(), targets.stream().map(FieldPath::toString).toList()));
        }
      }
      for (FieldPath target : mappings.keySet()) {
        for (FieldPath other : mappings.keySet()) {
          if (!target.equals(other) && target.startsWith(other)) {
            issue(
                place + ".selectedFieldMappings." + target,
                null,
                "lies inside " + other + ", which is mapped too");
          }
        }
      }
    }

    /** Turned round, since records come with Pinterest's values, and by what is delivered. */
    private Map<FieldPath, Map<String, String>> valueMappings() {
      Map<FieldPath, Map<String, String>> result = new LinkedHashMap<>();
      chosen
          .valueMappings()
          .forEach(
              (field, values) -> {
                Map<String, String> byProvided = new LinkedHashMap<>();
                values.forEach((delivered, provided) -> byProvided.put(provided, delivered));
                if (byProvided.isEmpty()) {
                  return;
                }
                if (mappings.containsKey(field)) {
                  result.put(field, byProvided);
                  return;
                }
                if (fields.contains(field) || chosen.allFields()) {
                  result.put(field, byProvided);
                }
                mappings.forEach(
                    (target, source) -> {
                      if (source.equals(field)) {
                        result.putIfAbsent(target, byProvided);
                      }
                    });
              });
      return result;
    }

    private boolean selected(FieldPath field) {
      return chosen.fields().getOrDefault(field, false);
    }

    private static <T> @Nullable T either(@Nullable T first, @Nullable T second) {
      return first != null ? first : second;
    }
  }
}
