package io.pinferry.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.Tasks;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A customer's way to a connection: the link, and the wait for the end. */
public final class Connecting {
  /** A link expires after this time: docs/limits.md. */
  public static final Duration WAIT_MAX = Duration.ofMinutes(10);

  private static final Duration POLL = Duration.ofSeconds(2);

  private final Doors doors;
  private final Tasks tasks;
  private final Party party;
  private final Set<String> before = new HashSet<>();

  public Connecting(Doors doors, Tasks tasks, Party party) {
    this.doors = doors;
    this.tasks = tasks;
    this.party = party;
  }

  /**
   * The customer who connects.
   *
   * @param providerApp the id of an app; null for the oldest of the project
   */
  public record Party(
      String provider,
      String group,
      @Nullable String groupName,
      String consumer,
      @Nullable String consumerName,
      @Nullable String providerApp) {}

  /** Returns the address at which the customer gives access. */
  public URI link() {
    connections().forEach(one -> before.add(state(one)));
    ObjectNode body =
        Json.object()
            .put("projectIdOrName", doors.project())
            .put("provider", party.provider())
            .put("groupRef", party.group())
            .put("consumerRef", party.consumer());
    putIfGiven(body, "groupName", party.groupName());
    putIfGiven(body, "consumerName", party.consumerName());
    putIfGiven(body, "providerAppId", party.providerApp());
    URI link = URI.create(doors.postForText("/v1/oauth-connect", body));
    // Another scheme could start a program of this computer when a browser is asked to open it.
    boolean page =
        "https".equals(link.getScheme())
            || ("http".equals(link.getScheme()) && Targets.isThisComputer(link));
    if (!page) {
      throw new CommandFailure(
          ExitCode.UNREACHABLE, "the answer is no link to a provider: " + link, null);
    }
    return link;
  }

  private static void putIfGiven(ObjectNode body, String name, @Nullable String value) {
    if (value != null) {
      body.put(name, value);
    }
  }

  private Iterable<JsonNode> connections() {
    return doors.get(
        doors.path(
            new Query("/connections")
                .with("provider", party.provider())
                .with("groupRef", party.group())
                .text()));
  }

  private static String state(JsonNode connection) {
    return connection.path("id").asText() + " " + connection.path("updateTime").asText();
  }

  /**
   * Waits until the customer has connected after {@link #link}, for the first time or again.
   *
   * @return the connection; empty if the link has expired
   */
  public Optional<JsonNode> await() {
    Instant end = tasks.now().plus(WAIT_MAX);
    while (true) {
      for (JsonNode one : connections()) {
        if (!before.contains(state(one))
            && !one.path("status").asText().equals("bad_credentials")) {
          return Optional.of(one);
        }
      }
      if (!tasks.now().isBefore(end)) {
        return Optional.empty();
      }
      tasks.sleepUntil(tasks.now().plus(POLL));
    }
  }
}
