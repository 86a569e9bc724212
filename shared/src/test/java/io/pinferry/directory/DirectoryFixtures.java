package io.pinferry.directory;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Digest;
import io.pinferry.base.Json;
import io.pinferry.manifest.EffectiveConfig;
import io.pinferry.manifest.InstallationConfig;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/** Values to store, each different by the number or name that is passed in. */
public final class DirectoryFixtures {
  public static final Instant NOON = Instant.parse("2026-09-01T12:00:00Z");
  public static final ProjectId PROJECT = new ProjectId(uuid("project", 1));
  public static final ProjectId OTHER_PROJECT = new ProjectId(uuid("project", 2));

  /** The config of a group that chooses nothing. */
  public static final InstallationConfig CHOICE =
      new InstallationConfig("pinterest", Map.of(), null, null);

  private DirectoryFixtures() {}

  public static String uuid(String kind, int number) {
    return Digest.of(kind, Integer.toString(number)).uuid();
  }

  public static Project project(ProjectId id, String name) {
    return new Project(id, name, "Shop " + name, "org_1", NOON, null, false, List.of());
  }

  public static Integration integration(int number, String name) {
    return new Integration(
        new IntegrationId(uuid("integration", number)),
        PROJECT,
        name,
        "pinterest",
        revision(number * 100, name),
        NOON,
        null);
  }

  public static Revision revision(int number, String name) {
    return new Revision(
        new RevisionId(uuid("revision", number)),
        "1.0.0",
        NOON.plusSeconds(number),
        Json.object().put("name", name).put("provider", "pinterest"));
  }

  public static Installation installation(int number, IntegrationId integration, String groupRef) {
    return new Installation(
        new InstallationId(uuid("installation", number)),
        PROJECT,
        integration,
        new Owner(
            new Group(groupRef, "Blue Shop", NOON, null),
            new Consumer("u_42", "Ana", NOON, NOON.plusSeconds(1))),
        new ConnectionId(uuid("connection", 1)),
        new InstalledConfig(
            uuid("config", number),
            new RevisionId(uuid("revision", 100)),
            NOON,
            "consumer:u_42",
            CHOICE,
            new EffectiveConfig(List.of(), Json.object(), false)),
        "consumer:u_42",
        NOON.plusSeconds(number),
        null);
  }

  /** A connection of group org_7 that was just made. */
  public static Connection connection(int number, String... scopes) {
    return new Connection(
        new ConnectionId(uuid("connection", number)),
        PROJECT,
        "pinterest",
        new Owner(
            new Group("org_7", "Blue Shop", NOON, null), new Consumer("u_42", "Ana", NOON, null)),
        new Connection.Access(
            null,
            ConnectionStatus.CREATED,
            List.of(scopes),
            null,
            null,
            new AccountId("account-" + number),
            "connection/" + number),
        NOON,
        null,
        ConnectionNotes.NONE);
  }

  /** An integration with this content of its only revision. */
  public static Integration integrationOf(int number, String name, String content) {
    return new Integration(
        new IntegrationId(uuid("integration", number)),
        PROJECT,
        name,
        "pinterest",
        new Revision(
            new RevisionId(uuid("revision", number)),
            "1.0.0",
            NOON,
            (ObjectNode) Json.trusted(content)),
        NOON,
        null);
  }

  public static Destination destination(int number, String name) {
    return new Destination(
        new DestinationId(uuid("destination", number)),
        PROJECT,
        name,
        new Destination.Webhook("https://hooks.example.com/" + name),
        "destination/" + number,
        NOON,
        null,
        null);
  }

  public static ApiKey apiKey(int number, ApiKey.Scope scope) {
    return new ApiKey(
        new ApiKeyId(uuid("key", number)),
        PROJECT,
        Digest.sha256Hex("pfk_" + number),
        "key " + number,
        EnumSet.of(scope),
        true,
        NOON.plusSeconds(number));
  }
}
