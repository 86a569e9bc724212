package io.pinferry.manifest;

import static io.pinferry.base.Issue.clipped;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.JsonInput;
import io.pinferry.base.PinferryException.InvalidRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The choice of a group: {@code config.content} of the contract, well formed but not yet compared
 * with a manifest. It is stored and changed; see {@link ConfigMerge} for its effective config.
 *
 * @param provider null if absent
 * @param read by object name at Pinterest, in the order of the request
 * @param write the write objects by name, unchanged; null if absent
 * @param proxyEnabled null if absent
 */
public record InstallationConfig(
    @Nullable String provider,
    Map<String, ReadObjectConfig> read,
    @Nullable ObjectNode write,
    @Nullable Boolean proxyEnabled) {
  private static final int VALUES_MAX = 1_000;
  private static final int TEXT_LENGTH_MAX = 1_024;

  public InstallationConfig {
    read = Collections.unmodifiableMap(new LinkedHashMap<>(read));
  }

  /**
   * Reads the config of a request. Members that are null count as absent.
   *
   * @param path its path in the body, {@code config.content}
   * @throws InvalidRequest with all issues
   */
  public static InstallationConfig parse(String path, JsonNode content) {
    return parse(path, content, true);
  }

  /**
   * Reads the config of a change. The provider and the names of objects may be absent.
   *
   * @param path its path in the body, {@code installation.config.content}
   * @throws InvalidRequest with all issues
   */
  public static InstallationConfig parsePatch(String path, JsonNode content) {
    return parse(path, content, false);
  }

  private static InstallationConfig parse(String path, JsonNode content, boolean complete) {
    List<Issue> issues = new ArrayList<>();
    JsonInput root = JsonInput.root(path, withoutNulls(content), issues);
    InstallationConfig config = new Reader(complete).read(root);
    if (!issues.isEmpty()) {
      throw InvalidRequest.unprocessable("the config", issues);
    }
    return config;
  }

  /** Returns the choice for an object, by its name at Pinterest. */
  public Optional<ReadObjectConfig> findRead(String objectName) {
    return Optional.ofNullable(read.get(objectName));
  }

  /** Returns the choice for an object, which is empty if the group made none. */
  ReadObjectConfig chosen(String objectName) {
    return read.getOrDefault(objectName, ReadObjectConfig.empty(objectName));
  }

  /** Returns this config with one object added or replaced. */
  public InstallationConfig withRead(ReadObjectConfig object) {
    var objects = new LinkedHashMap<>(read);
    objects.put(object.objectName(), object);
    return new InstallationConfig(provider, objects, write, proxyEnabled);
  }

  /** Returns this config with other read objects. */
  public InstallationConfig withReads(Collection<ReadObjectConfig> reads) {
    var objects = new LinkedHashMap<String, ReadObjectConfig>();
    reads.forEach(object -> objects.put(object.objectName(), object));
    return new InstallationConfig(provider, objects, write, proxyEnabled);
  }

  /** Returns this config with the proxy on or off. */
  public InstallationConfig withProxy(boolean enabled) {
    return new InstallationConfig(provider, read, write, enabled);
  }

  /** Returns this config with other write objects, null for none. */
  public InstallationConfig withWrite(@Nullable ObjectNode objects) {
    return new InstallationConfig(provider, read, objects, proxyEnabled);
  }

  private static JsonNode withoutNulls(JsonNode node) {
    if (node instanceof ObjectNode object) {
      ObjectNode copy = Json.object();
      object
          .properties()
          .forEach(
              member -> {
                if (!member.getValue().isNull()) {
                  copy.set(member.getKey(), withoutNulls(member.getValue()));
                }
              });
      return copy;
    }
    return node;
  }

  /**
   * Reads a config.
   *
   * @param complete whether the members that an installation needs must be present
   */
  private record Reader(boolean complete) {
    InstallationConfig read(JsonInput root) {
      Map<String, ReadObjectConfig> objects = new LinkedHashMap<>();
      if (!root.object("provider", "read", "write", "proxy", "subscribe")) {
        return new InstallationConfig(null, objects, null, null);
      }
      JsonInput provider = member(root, "provider");
      JsonInput read = root.member("read");
      if (read.present() && read.object("objects")) {
        read.member("objects")
            .members()
            .forEach((name, place) -> objects.put(name, readObject(name, place)));
      }
      JsonInput subscribe = root.member("subscribe");
      if (subscribe.present()
          && subscribe.object("objects")
          && !subscribe.member("objects").members().isEmpty()) {
        subscribe.issue("is not possible: Pinterest announces no changes");
      }
      JsonInput proxy = root.member("proxy");
      Optional<Boolean> proxyEnabled =
          proxy.present() && proxy.object("enabled")
              ? proxy.member("enabled").flag()
              : Optional.empty();
      return new InstallationConfig(
          provider.text(CommonChecks.NAME_LENGTH_MAX).orElse(null),
          objects,
          write(root.member("write")),
          proxyEnabled.orElse(null));
    }

    private ReadObjectConfig readObject(String name, JsonInput object) {
      if (!object.object(
          "objectName",
          "schedule",
          "destination",
          "disabled",
          "selectedFields",
          "selectedFieldMappings",
          "selectedFieldsAuto",
          "selectedValueMappings",
          "dynamicMappingsInput",
          "backfill",
          DeliveryMode.KEY,
          "fieldFilters")) {
        return ReadObjectConfig.empty(name);
      }
      objectName(name, object);
      refuseFilters(object.member("fieldFilters"));
      refuseFilters(object.member("backfill").member("fieldFilters"));
      JsonInput dynamic = object.member("dynamicMappingsInput");
      dynamicMappings(dynamic);
      return new ReadObjectConfig(
          name,
          CommonChecks.schedule(object.member("schedule"), CommonChecks.READ_GAP_MIN).orElse(null),
          object.member("destination").text(CommonChecks.NAME_LENGTH_MAX).orElse(null),
          object.member("disabled").flag().orElse(null),
          byField(object.member("selectedFields"), _ -> true, JsonInput::flag),
          mappings(object.member("selectedFieldMappings")),
          object.member("selectedFieldsAuto").choice(List.of(ReadObjectConfig.ALL)).orElse(null),
          byField(object.member("selectedValueMappings"), _ -> true, Reader::values),
          dynamic.present() ? dynamic.node() : null,
          CommonChecks.backfill(object.member("backfill"), "defaultPeriod", "fieldFilters")
              .orElse(null),
          object
              .member(DeliveryMode.KEY)
              .choice(DeliveryMode.texts())
              .map(DeliveryMode::of)
              .orElse(null));
    }

    private JsonInput member(JsonInput object, String key) {
      return complete ? object.requiredMember(key) : object.member(key);
    }

    private void objectName(String key, JsonInput object) {
      JsonInput name = member(object, "objectName");
      name.text(CommonChecks.NAME_LENGTH_MAX)
          .filter(text -> !text.equals(key))
          .ifPresent(text -> name.issue("must be " + clipped(key) + ", like its key"));
    }

    private static void refuseFilters(JsonInput filters) {
      if (filters.present() && !filters.entries(0, Integer.MAX_VALUE).isEmpty()) {
        filters.issue("is not possible for Pinterest: leave it out");
      }
    }

    private static void dynamicMappings(JsonInput dynamic) {
      for (JsonInput entry : dynamic.entries(0, Integer.MAX_VALUE)) {
        if (entry.object("mapToName", "mapToDisplayName", "prompt", "fieldName", "mappedValues")) {
          if (!entry.member("mapToName").present() && !entry.member("fieldName").present()) {
            entry.issue("needs a mapToName or a fieldName");
          }
          CommonChecks.fieldPath(entry.member("mapToName"));
          CommonChecks.fieldPath(entry.member("fieldName"));
        }
      }
    }

    private static @Nullable Map<FieldPath, FieldPath> mappings(JsonInput place) {
      // The component leaves an empty text for a choice that was taken back.
      return byField(
          place, input -> !input.node().equals(TextNode.valueOf("")), CommonChecks::fieldPath);
    }

    /** Returns the members of an object by field; null if it is absent. */
    private static <T> @Nullable Map<FieldPath, T> byField(
        JsonInput object, Predicate<JsonInput> filter, Function<JsonInput, Optional<T>> value) {
      Map<FieldPath, T> result = new LinkedHashMap<>();
      object
          .members()
          .forEach(
              (name, input) -> {
                if (filter.test(input)) {
                  input
                      .parsed(name, FieldPath::parse)
                      .ifPresent(
                          field -> value.apply(input).ifPresent(it -> result.put(field, it)));
                }
              });
      return object.present() ? result : null;
    }

    private static Optional<Map<String, String>> values(JsonInput place) {
      Map<String, JsonInput> members = place.members();
      if (members.size() > VALUES_MAX) {
        place.issue("maps " + members.size() + " values, at most " + VALUES_MAX + " are allowed");
        return Optional.of(Map.of());
      }
      Map<String, String> values = new LinkedHashMap<>();
      Map<String, String> seen = new HashMap<>();
      members.forEach(
          (delivered, source) ->
              source
                  .text(TEXT_LENGTH_MAX)
                  .ifPresent(
                      provided -> {
                        String other = seen.putIfAbsent(provided, delivered);
                        if (other != null) {
                          source.issue(
                              "is mapped to %s already: each value of Pinterest has one mapping"
                                  .formatted(clipped(other)));
                        }
                        values.put(delivered, provided);
                      }));
      return Optional.of(values);
    }

    private @Nullable ObjectNode write(JsonInput write) {
      if (!write.present() || !write.object("objects")) {
        return null;
      }
      write
          .member("objects")
          .members()
          .forEach(
              (name, object) -> {
                if (object.object(
                    "objectName",
                    "deletionSettings",
                    "selectedFieldSettings",
                    "selectedValueDefaults")) {
                  objectName(name, object);
                  writeSettings(object);
                }
              });
      return write.member("objects").node() instanceof ObjectNode objects ? objects : null;
    }

    private static void writeSettings(JsonInput object) {
      JsonInput deletion = object.member("deletionSettings");
      if (deletion.present() && deletion.object("enabled")) {
        deletion.requiredMember("enabled").flag();
      }
      eachField(
          object.member("selectedFieldSettings"),
          setting -> {
            if (setting.object("default", "writeOnCreate", "writeOnUpdate")) {
              setting.member("writeOnCreate").choice(List.of("always", "never"));
              setting.member("writeOnUpdate").choice(List.of("always", "never", "ifEmpty"));
              JsonInput preset = setting.member("default");
              if (preset.present()
                  && preset.object("stringValue", "integerValue", "booleanValue")
                  && preset.members().size() != 1) {
                preset.issue("needs exactly one of stringValue, integerValue and booleanValue");
              }
            }
          });
      // The older form of the contract.
      eachField(
          object.member("selectedValueDefaults"),
          setting -> {
            if (setting.object("value", "applyOnUpdate")) {
              JsonInput value = setting.requiredMember("value");
              if (value.present() && !isPlain(value.node())) {
                value.issue("must be a text, a whole number, or true or false");
              }
              setting.member("applyOnUpdate").choice(List.of("always", "never"));
            }
          });
    }

    /** Checks the value of each member, whose name must be a field. */
    private static void eachField(JsonInput object, Consumer<JsonInput> check) {
      object
          .members()
          .forEach(
              (name, input) ->
                  input.parsed(name, FieldPath::parse).ifPresent(_ -> check.accept(input)));
    }

    private static boolean isPlain(JsonNode value) {
      return value.isTextual() || value.isIntegralNumber() || value.isBoolean();
    }
  }
}
