package io.pinferry.local.listen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.Secret;
import io.pinferry.local.api.CommandFailure;
import io.pinferry.local.api.Doors;
import io.pinferry.local.api.ExitCode;
import java.net.URI;
import java.util.Optional;

/** The destination whose messages a developer wants to see. */
public final class ListenDestination {
  private final Doors doors;
  private final String name;

  public ListenDestination(Doors doors, String name) {
    this.doors = doors;
    this.name = name;
  }

  private String path() {
    return doors.path("/destinations/" + Doors.encoded(name));
  }

  /**
   * Lets the destination point to an address. Makes it if it is not there.
   *
   * @param takeOver whether it may have another address, which is replaced
   * @return what was done, in words for a person
   * @throws CommandFailure if it has another address that must stay
   */
  public String pointTo(URI address, boolean takeOver) {
    Optional<JsonNode> found = doors.find(path());
    if (found.isEmpty()) {
      ObjectNode body = Json.object().put("name", name).put("type", "webhook");
      body.putObject("metadata").put("url", address.toString());
      doors.post(doors.path("/destinations"), body);
      return "made destination %s; name it in amp.yaml to get messages".formatted(name);
    }
    String url = found.get().at("/metadata/url").asText();
    boolean disabled = found.get().at("/trouble/disabled").asBoolean();
    if (url.equals(address.toString()) && !disabled) {
      return "destination " + name;
    }
    if (!url.equals(address.toString()) && !takeOver) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "destination %s points to %s".formatted(name, url),
          "Choose another with --destination, or take it over with --take-over: its messages come"
              + " here then, and no longer there.");
    }
    // To set an address also enables a destination that was disabled.
    ObjectNode change = Json.object();
    change.putArray("updateMask").add("metadata.url");
    change.putObject("destination").putObject("metadata").put("url", address.toString());
    doors.patch(path(), change);
    return "destination %s points here now; before to %s".formatted(name, url);
  }

  /** Returns the present signing key. */
  public Secret signingKey() {
    return new Secret(
        doors.get(path() + "?includeSecrets=true").at("/secrets/webhookSigningKey").asText());
  }
}
