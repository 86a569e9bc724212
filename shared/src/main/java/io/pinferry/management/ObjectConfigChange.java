package io.pinferry.management;

import static io.pinferry.base.Issue.clipped;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Codec;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.http.JsonBody;
import io.pinferry.install.ChangeRequest;
import io.pinferry.manifest.ChangeScope;
import io.pinferry.manifest.ConfigMerge;
import io.pinferry.manifest.EffectiveConfig;
import io.pinferry.manifest.EffectiveRead;
import io.pinferry.manifest.InstallationConfig;
import io.pinferry.manifest.ReadObjectConfig;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Changes of single places in the config of one object of an installation.
 *
 * @param groupRef the group of the installation; null if the id is given
 * @param installationId the id of the installation; null if the group is given
 * @param action read or write
 */
record ObjectConfigChange(
    @Nullable String groupRef, @Nullable String installationId, String action, ObjectPatch patch) {
  private static final String CONTENT = "config.content";
  private static final List<String> ACTIONS = List.of("read", "write", "subscribe");

  static ObjectConfigChange read(JsonBody body) {
    String groupRef = body.given("groupRef").orElse(null);
    String installationId = body.given("installationId").orElse(null);
    if (groupRef == null && installationId == null) {
      body.issue("groupRef", "is missing; give it or an installationId");
    }
    String action = body.requireChoice("action", ACTIONS);
    if (action.equals("subscribe")) {
      body.issue("action", action, "is not possible: Pinterest announces no changes");
    }
    return new ObjectConfigChange(groupRef, installationId, action, ObjectPatch.read(body));
  }

  /**
   * Returns the new config.
   *
   * @param object the name of the object at Pinterest or, for reads, in deliveries
   * @param effective the config in effect
   */
  ChangeRequest of(String object, EffectiveConfig effective) {
    if (action.equals("write")) {
      return new ChangeRequest(
          CONTENT,
          null,
          null,
          null,
          (choice, now) -> write(object, choice),
          new ChangeScope(Set.of(), false, Set.of(object), false),
          false);
    }
    String name =
        effective.findRead(object).map(EffectiveRead::objectName).orElseThrow(() -> none(object));
    return new ChangeRequest(
        CONTENT,
        null,
        null,
        null,
        (choice, now) -> read(name, choice, now),
        new ChangeScope(Set.of(name), false, Set.of(), false),
        false);
  }

  private InstallationConfig read(
      String object, InstallationConfig choice, EffectiveConfig effective) {
    JsonNode shown = ConfigMerge.shown(choice, effective).path("read").path("objects").path(object);
    if (!(shown instanceof ObjectNode completed)) {
      throw none(object);
    }
    ObjectNode chosen =
        Codec.tree(choice.findRead(object).orElseGet(() -> ReadObjectConfig.empty(object)));
    patch.apply(chosen, completed);
    InstallationConfig changed = parse("read", object, chosen);
    return choice.withRead(changed.findRead(object).orElseThrow());
  }

  private InstallationConfig write(String object, InstallationConfig choice) {
    ObjectNode objects = choice.write() == null ? Json.object() : choice.write().deepCopy();
    if (!(objects.get(object) instanceof ObjectNode chosen)) {
      throw none(object);
    }
    patch.apply(chosen, chosen.deepCopy());
    parse("write", object, chosen);
    return choice.withWrite(objects);
  }

  private static InstallationConfig parse(String action, String object, ObjectNode config) {
    ObjectNode content = Json.object();
    content.putObject(action).putObject("objects").set(object, config);
    return InstallationConfig.parsePatch(CONTENT, content);
  }

  private InvalidRequest none(String object) {
    return Issue.path(
            "objectName",
            clipped(object),
            "is not %s by this installation; choose it with a PATCH of the installation first"
                .formatted((action.equals("read") ? "read" : "written")))
        .unprocessable();
  }
}
