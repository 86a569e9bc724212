package io.pinferry.manifest;

import static io.pinferry.manifest.ReadObjectConfig.either;

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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Merges a manifest with the choice of a group. The component sends the optional choices only;
 * everything else comes from the manifest.
 */
public final class ConfigMerge {
  /** A choice and its effective config are stored in one item, which DynamoDB limits to 400 kB. */
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
   * @param path the path of the config in the body, {@code config.content}
   * @throws InvalidRequest with all issues
   */
  public static EffectiveConfig merge(
      String path, IntegrationRevision revision, InstallationConfig config) {
    Set<String> writes = new LinkedHashSet<>();
    write(config).fieldNames().forEachRemaining(writes::add);
    return merge(
        path,
        revision,
        config,
        new EffectiveConfig(List.of(), Json.object(), false),
        new ChangeScope(Set.of(), true, writes, true));
  }

  /**
   * Returns the effective config after a change. The touched parts must fit the revision. The other
   * parts follow it if they fit; otherwise they stay as they are.
   *
   * @param path the path of the config in the body, {@code config.content}
   * @param config the whole choice after the change
   * @param before the effective config before the change
   * @throws InvalidRequest with all issues of the touched parts
   */
  public static EffectiveConfig merge(
      String path,
      IntegrationRevision revision,
      InstallationConfig config,
      EffectiveConfig before,
      ChangeScope touched) {
    var merge = new ConfigMerge(path, revision);
    return merge.checked(config, merge.changed(config, before, touched));
  }

  /**
   * Returns {@code config.content} of the contract for a response: the choice, completed by the
   * effective config.
   */
  public static ObjectNode shown(InstallationConfig config, EffectiveConfig effective) {
    ObjectNode content = Json.object();
    if (config.provider() != null) {
      content.put("provider", config.provider());
    }
    if (!effective.read().isEmpty()) {
      ObjectNode objects = content.putObject("read").putObject("objects");
      for (EffectiveRead object : effective.read()) {
        ReadObjectConfig completed = completed(config.chosen(object.objectName()), object);
        objects.set(object.objectName(), Codec.tree(completed));
      }
    }
    if (config.write() != null) {
      ObjectNode objects = config.write().deepCopy();
      // A change may leave out the name, which is its key.
      objects
          .properties()
          .forEach(object -> ((ObjectNode) object.getValue()).put("objectName", object.getKey()));
      content.putObject("write").set("objects", objects);
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
        object.backfill(),
        object.mode());
  }

  private EffectiveConfig changed(
      InstallationConfig config, EffectiveConfig before, ChangeScope touched) {
    checkOffered(config, touched);
    List<EffectiveRead> read = new ArrayList<>();
    for (ReadObject object : revision.read()) {
      if (!isRead(object, config)) {
        continue;
      }
      if (touched.reads(object.objectName())) {
        read.add(readObject(object, config));
      } else {
        untouched(object, config)
            .or(
                () ->
                    before.read().stream()
                        .filter(one -> one.objectName().equals(object.objectName()))
                        .findFirst())
            .ifPresent(read::add);
      }
    }
    before.read().stream()
        .filter(one -> revision.findRead(one.objectName()).isEmpty())
        .filter(one -> !touched.reads(one.objectName()))
        .forEach(read::add);
    return new EffectiveConfig(read, write(config), proxy(config));
  }

  private EffectiveConfig checked(InstallationConfig config, EffectiveConfig effective) {
    int bytes = Codec.bytes(config).length + Codec.bytes(effective).length;
    if (bytes > BYTES_MAX) {
      issue(
          "",
          null,
          "is too large: with its effective config it has %s bytes, at most %s are possible"
              .formatted(bytes, BYTES_MAX));
    }
    if (!issues.isEmpty()) {
      throw InvalidRequest.unprocessable("the config", issues);
    }
    return effective;
  }

  private static boolean isRead(ReadObject object, InstallationConfig config) {
    return object.always() || config.read().containsKey(object.objectName());
  }

  private static ObjectNode write(InstallationConfig config) {
    return config.write() == null ? Json.object() : config.write();
  }

  private boolean proxy(InstallationConfig config) {
    return revision.proxyEnabled() && !Boolean.FALSE.equals(config.proxyEnabled());
  }

  private void checkOffered(InstallationConfig config, ChangeScope touched) {
    String provider = config.provider();
    if (provider != null && !provider.equals(revision.provider())) {
      issue(".provider", provider, "must be " + revision.provider());
    }
    List<String> readable = revision.read().stream().map(ReadObject::objectName).toList();
    for (String name : config.read().keySet()) {
      if (touched.reads(name) && !readable.contains(name)) {
        issue(".read.objects." + name, null, notOffered("reads", name, readable));
      }
    }
    List<String> writable = revision.write().stream().map(WriteObject::objectName).toList();
    for (Map.Entry<String, JsonNode> entry : write(config).properties()) {
      String name = entry.getKey();
      if (touched.write().contains(name) && !writable.contains(name)) {
        issue(".write.objects." + name, null, notOffered("writes", name, writable));
      }
    }
    if (touched.proxy() && Boolean.TRUE.equals(config.proxyEnabled()) && !revision.proxyEnabled()) {
      issue(".proxy.enabled", "true", "is not offered by this integration");
    }
  }

  /** Returns an object of the present revision; empty if the choice does not fit it. */
  private Optional<EffectiveRead> untouched(ReadObject object, InstallationConfig config) {
    var alone = new ConfigMerge(path, revision);
    EffectiveRead read = alone.readObject(object, config);
    return alone.issues.isEmpty() ? Optional.of(read) : Optional.empty();
  }

  private String notOffered(String verb, String name, Collection<String> offered) {
    return "is not among the objects that the integration %s %s%s"
        .formatted(revision.name(), verb, Nearest.hint(name, offered));
  }

  private EffectiveRead readObject(ReadObject object, InstallationConfig config) {
    return new ObjectMerge(object, config.chosen(object.objectName())).effective();
  }

  private void issue(String rest, @Nullable String value, String detail) {
    issues.add(Issue.body(path + rest, value, detail));
  }

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
      // A mapped field is not delivered by its own name too.
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
          object.plan(),
          either(chosen.mode(), object.mode()));
    }

    private Backfill backfill() {
      Backfill backfill = either(chosen.backfill(), object.backfill());
      return backfill == null ? new Backfill.NoHistory() : backfill;
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
          FieldPath mapTo = existing.mapTo();
          boolean byMappedName =
              mapTo != null && (selected(mapTo) || chosen.mappings().containsKey(mapTo));
          if (selected(existing.field()) || byMappedName) {
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

    /** The page of the builder may offer more slots than the manifest. */
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
      List<FieldPath> known =
          object
              .fields()
              .flatMap(
                  field ->
                      field instanceof ManifestField.PinterestField existing
                          ? Stream.of(existing.field())
                          : Stream.empty())
              .toList();
      Set<FieldPath> fromPage = Set.copyOf(fields);
      chosen.fields().keySet().stream()
          .filter(field -> selected(field) && !known.contains(field))
          .filter(field -> !fromPage.contains(field) && !chosen.mappings().containsValue(field))
          .filter(field -> !mappings.containsValue(field) && !mappings.containsKey(field))
          .sorted()
          .forEach(
              field -> {
                if (object.allOptional()) {
                  fields.add(field);
                } else {
                  issue(place + ".selectedFields." + field, null, notOffered(field, known));
                }
              });
    }

    private void checkMappings() {
      List<FieldPath> targets =
          object.fields().flatMap(field -> Stream.ofNullable(field.mapTo())).toList();
      for (Map.Entry<FieldPath, FieldPath> mapping : chosen.mappings().entrySet()) {
        FieldPath target = mapping.getKey();
        if (!targets.contains(target) && !mappings.containsKey(target)) {
          issue(
              place + ".selectedFieldMappings." + target,
              mapping.getValue().toString(),
              notOffered(target, targets));
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

    private static String notOffered(FieldPath path, List<FieldPath> offered) {
      return "is not offered by the integration"
          + Nearest.hint(path.toString(), offered.stream().map(FieldPath::toString).toList());
    }

    /**
     * Returns the mappings by delivered field, from the values of Pinterest to delivered values.
     */
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
                boolean isTarget = mappings.containsKey(field);
                if (isTarget || fields.contains(field) || chosen.allFields()) {
                  result.put(field, byProvided);
                }
                if (!isTarget) {
                  mappings.forEach(
                      (target, source) -> {
                        if (source.equals(field)) {
                          result.putIfAbsent(target, byProvided);
                        }
                      });
                }
              });
      return result;
    }

    private boolean selected(FieldPath field) {
      return chosen.fields().getOrDefault(field, false);
    }
  }
}
