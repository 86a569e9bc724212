package io.pinferry.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The installations of a project. */
public final class Installations {
  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private final Doors doors;
  private @Nullable Map<String, String> integrations;

  public Installations(Doors doors) {
    this.doors = doors;
  }

  /**
   * An installation.
   *
   * @param integration the name of its integration
   * @param group the product's name of the customer
   * @param json the answer of the API
   */
  public record Found(String id, String integration, String group, JsonNode json) {
    /** Returns the names of the objects that it reads. */
    public List<String> objects() {
      List<String> names = new ArrayList<>();
      json.at("/config/content/read/objects").fieldNames().forEachRemaining(names::add);
      return names;
    }

    /** Returns the config of an object that it reads. */
    JsonNode object(String name) {
      return json.at("/config/content/read/objects").path(name);
    }
  }

  /**
   * Returns the installations.
   *
   * @param group only those of a customer; null for all
   */
  public List<Found> list(@Nullable String group) {
    String query = group == null ? "" : "?groupRef=" + Doors.encoded(group);
    return doors.get(doors.path("/installations" + query)).valueStream().map(this::found).toList();
  }

  /**
   * Returns the installation with an id, or the only one of a customer.
   *
   * @throws CommandFailure if there is none, or the customer has several
   */
  public Found get(String idOrGroup) {
    if (UUID.matcher(idOrGroup).matches()) {
      Optional<Found> byId = byId(idOrGroup);
      if (byId.isPresent()) {
        return byId.get();
      }
    }
    List<Found> ofGroup = list(idOrGroup);
    if (ofGroup.size() == 1) {
      return ofGroup.getFirst();
    }
    throw ofGroup.isEmpty()
        ? new CommandFailure(
            ExitCode.NOT_FOUND,
            "there is no installation with this id or group: " + idOrGroup,
            "./pinferry installations lists them.")
        : new CommandFailure(
            ExitCode.USAGE,
            "group %s has %s installations".formatted(idOrGroup, ofGroup.size()),
            "Give an id: "
                + String.join(
                    ", ",
                    ofGroup.stream().map(one -> one.id() + " (" + one.integration() + ")").toList())
                + ".");
  }

  /** Asks each integration, since there are few; all installations may be too many. */
  private Optional<Found> byId(String id) {
    for (String integration : integrations().keySet()) {
      Optional<JsonNode> one =
          doors.find(doors.path("/integrations/" + integration + "/installations/" + id));
      if (one.isPresent()) {
        return one.map(this::found);
      }
    }
    return Optional.empty();
  }

  private Found found(JsonNode json) {
    String integration = json.path("integrationId").asText();
    return new Found(
        json.path("id").asText(),
        integrations().getOrDefault(integration, integration),
        json.path("group").path("groupRef").asText(),
        json);
  }

  private Map<String, String> integrations() {
    if (integrations == null) {
      Map<String, String> names = new HashMap<>();
      for (JsonNode one : doors.get(doors.path("/integrations"))) {
        names.put(one.path("id").asText(), one.path("name").asText());
      }
      integrations = names;
    }
    return integrations;
  }
}
