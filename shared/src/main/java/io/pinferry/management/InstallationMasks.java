package io.pinferry.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.http.JsonBody;
import io.pinferry.http.UpdateMask;
import io.pinferry.install.ChangeRequest;
import io.pinferry.manifest.ChangeScope;
import io.pinferry.manifest.EffectiveConfig;
import io.pinferry.manifest.EffectiveRead;
import io.pinferry.manifest.InstallationConfig;
import io.pinferry.manifest.ReadObjectConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a PATCH of an installation. Only the parts of the body that the masks name count.
 * A name in a mask needs a backslash before a dot, and may have one before any other character.
 */
final class InstallationMasks {
  static final String CONTENT = "installation.config.content";

  private static final String ALLOWED =
      "connectionId, config.createdBy, config.content.read.objects.<object>,"
          + " config.content.read.objects.<object>.disabled, config.content.read.objects,"
          + " config.content.write.objects.<object>, config.content.write.objects,"
          + " config.content.proxy.enabled";

  private final JsonNode installation;
  private final ObjectNode picked = Json.object();
  private final Set<String> replaced = new LinkedHashSet<>();
  private final Set<String> toggled = new LinkedHashSet<>();
  private final Set<String> written = new LinkedHashSet<>();
  private boolean allReads;
  private boolean allWrites;
  private boolean proxy;
  private @Nullable String connectionId;
  private @Nullable String createdBy;

  private InstallationMasks(JsonNode installation) {
    this.installation = installation;
  }

  /**
   * Reads a body.
   *
   * @param consumerRef the consumer whose connections may be chosen; null for all of the group
   * @return empty if the body changes nothing
   */
  static Optional<ChangeRequest> read(
      JsonBody body, @Nullable String consumerRef, boolean skipSampling) {
    UpdateMask mask = UpdateMask.read(body, ALLOWED);
    if (mask.paths().isEmpty()) {
      // A value of another type is a mistake, even if nothing is taken from it.
      return body.object("installation").flatMap(_ -> Optional.empty());
    }
    var reader = new InstallationMasks(body.requireObject("installation").tree());
    mask.forEach((place, path) -> reader.take(body, place, path));
    return Optional.of(reader.request(consumerRef, skipSampling));
  }

  private void take(JsonBody body, String place, String mask) {
    List<String> names = names(mask);
    List<String> rest = names.size() > 2 ? names.subList(2, names.size()) : List.of();
    if (names.equals(List.of("connectionId"))) {
      connectionId = text(body, names);
    } else if (names.equals(List.of("config", "createdBy"))) {
      createdBy = text(body, names);
    } else if (names.size() > 2
        && names.subList(0, 2).equals(List.of("config", "content"))
        && known(rest)) {
      if (rest.getFirst().equals("subscribe")) {
        body.issue(place, mask, "is not possible: Pinterest announces no changes");
      } else if (pick(body, names, rest)) {
        note(rest);
      }
    } else {
      body.issue(place, Issue.clipped(mask), "cannot be changed; allowed: " + ALLOWED);
    }
  }

  private static boolean known(List<String> rest) {
    boolean objects = rest.size() > 1 && rest.get(1).equals("objects");
    return switch (rest.getFirst()) {
      case "read" ->
          objects && (rest.size() < 4 || (rest.size() == 4 && rest.get(3).equals("disabled")));
      case "write", "subscribe" -> objects && rest.size() < 4;
      case "proxy" -> rest.size() == 2 && rest.get(1).equals("enabled");
      default -> false;
    };
  }

  private void note(List<String> rest) {
    switch (rest.getFirst() + rest.size()) {
      case "read2" -> {
        allReads = true;
        picked.at("/read/objects").fieldNames().forEachRemaining(replaced::add);
      }
      case "read3" -> replaced.add(rest.get(2));
      case "read4" -> toggled.add(rest.get(2));
      case "write2" -> allWrites = true;
      case "write3" -> written.add(rest.get(2));
      default -> proxy = true;
    }
  }

  /** Copies a value; adds an issue if there is none. */
  private boolean pick(JsonBody body, List<String> names, List<String> rest) {
    JsonNode value = value(body, names);
    if (value == null) {
      return false;
    }
    ObjectNode parent = picked;
    for (String name : rest.subList(0, rest.size() - 1)) {
      parent = parent.get(name) instanceof ObjectNode inner ? inner : parent.putObject(name);
    }
    // One mask may name the whole object and another its flag.
    parent.set(rest.getLast(), value);
    return true;
  }

  private @Nullable String text(JsonBody body, List<String> names) {
    JsonNode value = value(body, names);
    if (value == null) {
      return null;
    }
    if (!value.isTextual()) {
      body.issue(path(names), "must be a text");
      return null;
    }
    return value.textValue();
  }

  private @Nullable JsonNode value(JsonBody body, List<String> names) {
    JsonNode value = installation;
    for (String name : names) {
      value = value.path(name);
    }
    if (value.isMissingNode() || value.isNull()) {
      body.issue(path(names), "is missing although updateMask names it");
      return null;
    }
    return value.deepCopy();
  }

  private static String path(List<String> names) {
    return "installation." + String.join(".", names);
  }

  private ChangeRequest request(@Nullable String consumerRef, boolean skipSampling) {
    var reads = new HashSet<>(replaced);
    reads.addAll(toggled);
    var writes = new HashSet<>(written);
    picked.at("/write/objects").fieldNames().forEachRemaining(writes::add);
    return new ChangeRequest(
        CONTENT,
        connectionId,
        consumerRef,
        createdBy,
        this::choice,
        new ChangeScope(reads, allReads, writes, proxy),
        skipSampling);
  }

  private InstallationConfig choice(InstallationConfig before, EffectiveConfig effective) {
    // It is parsed here and not earlier, so that a wrong config gets a 422.
    InstallationConfig sent = InstallationConfig.parsePatch(CONTENT, picked);
    InstallationConfig choice = before;
    if (allReads) {
      List<ReadObjectConfig> kept = new ArrayList<>();
      for (ReadObjectConfig object : sent.read().values()) {
        kept.add(inPlace(object, before));
      }
      choice = choice.withReads(kept);
    } else {
      for (String name : replaced) {
        choice = choice.withRead(inPlace(sent.findRead(name).orElseThrow(), before));
      }
    }
    for (String name : toggled) {
      choice = toggled(name, choice, sent, effective);
    }
    if (allWrites) {
      choice = choice.withWrite(sent.write());
    } else if (!written.isEmpty()) {
      ObjectNode write = before.write() == null ? Json.object() : before.write().deepCopy();
      ObjectNode changed = sent.write();
      if (changed != null) {
        write.setAll(changed);
      }
      choice = choice.withWrite(write);
    }
    Boolean enabled = sent.proxyEnabled();
    return proxy && enabled != null ? choice.withProxy(enabled) : choice;
  }

  private static ReadObjectConfig inPlace(ReadObjectConfig object, InstallationConfig before) {
    return before.findRead(object.objectName()).map(object::inPlaceOf).orElse(object);
  }

  private static InstallationConfig toggled(
      String name, InstallationConfig choice, InstallationConfig sent, EffectiveConfig effective) {
    boolean read =
        choice.findRead(name).isPresent()
            || effective.read().stream().map(EffectiveRead::objectName).anyMatch(name::equals);
    if (!read) {
      throw Issue.body(
              CONTENT + ".read.objects." + name,
              "is not read by this installation, so it cannot be disabled or enabled")
          .unprocessable();
    }
    Boolean disabled = sent.findRead(name).map(ReadObjectConfig::disabled).orElse(null);
    ReadObjectConfig object = choice.findRead(name).orElseGet(() -> ReadObjectConfig.empty(name));
    return disabled == null ? choice : choice.withRead(object.withDisabled(disabled));
  }

  /** Splits a path at its dots. A backslash escapes the next character. */
  static List<String> names(String path) {
    List<String> names = new ArrayList<>();
    var name = new StringBuilder();
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '\\' && i + 1 < path.length()) {
        i++;
        name.append(path.charAt(i));
      } else if (c == '.') {
        names.add(name.toString());
        name.setLength(0);
      } else {
        name.append(c);
      }
    }
    names.add(name.toString());
    return names;
  }
}
