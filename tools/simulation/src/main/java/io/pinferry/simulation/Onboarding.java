package io.pinferry.simulation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.assembly.Assembly;
import io.pinferry.base.Digest;
import io.pinferry.base.IdSource;
import io.pinferry.base.Json;
import io.pinferry.base.Secret;
import io.pinferry.directory.ApiKey;
import io.pinferry.directory.ApiKeyId;
import io.pinferry.directory.ApiKeyRepository;
import io.pinferry.directory.Destination;
import io.pinferry.directory.DestinationId;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DestinationSecret;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.EventTopicRoute;
import io.pinferry.directory.Installation;
import io.pinferry.directory.Integration;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.Project;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.ProviderApp;
import io.pinferry.directory.ProviderAppId;
import io.pinferry.directory.ProviderAppRepository;
import io.pinferry.directory.SecretStore;
import io.pinferry.directory.Topic;
import io.pinferry.directory.TopicDestinationRoute;
import io.pinferry.directory.TopicId;
import io.pinferry.directory.TopicRepository;
import io.pinferry.http.Endpoint;
import io.pinferry.install.InstallRequest;
import io.pinferry.local.simulator.PinterestSimulator;
import io.pinferry.manifest.InstallationConfig;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.simulation.invariant.Event;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Sets a world up, without faults: products, and a customer of each who connects and installs. */
final class Onboarding {
  /** The name of each project's destination. */
  static final String DESTINATION = "hook";

  /** The group of each product's customer. */
  static final String GROUP = "group";

  private static final List<String> WRITE_OBJECTS =
      List.of("boards", "catalogs", "feeds", "media", "pins", "product_groups", "reports");

  private final World world;
  private final Assembly assembly;
  private final DirectoryStore directory;
  private final SecretStore secrets;
  private final IdSource ids;
  private final Instant now;

  Onboarding(World world) {
    this.world = world;
    this.assembly = new Assembly(world.ports(), world.settings());
    this.directory = world.memory().directory();
    this.secrets = world.memory().secrets();
    this.ids = world.chance().ids();
    this.now = world.clock().instant();
  }

  /** Returns the customer of a new product; products are numbered from 1. */
  Customer customer(int number) {
    String name = "customer " + number;
    ProjectId project = createProject(number);
    String apiKey = createApiKey(project);
    createProviderApp(project, number);
    createDestination(project);
    connect(name, project, apiKey);
    List<String> objects = chooseObjects();
    Integration integration =
        assembly.deploy().deploy(project, manifest(objects), false).integrations().getFirst();
    Installation installation = install(integration, objects);
    world.observer().on(new Event.CustomerStart(name, installation, objects));
    return new Customer(name, apiKey, integration, installation, objects);
  }

  private ProjectId createProject(int number) {
    var project =
        new Project(
            new ProjectId(ids.uuid()), "shop" + number, "Shop", "org", now, null, false, List.of());
    new ProjectRepository(directory).create(project);
    return project.id();
  }

  private String createApiKey(ProjectId project) {
    IdSource keys = world.chance().keys();
    String text = ApiKey.PREFIX + keys.uuid();
    new ApiKeyRepository(directory)
        .create(
            new ApiKey(
                new ApiKeyId(keys.uuid()),
                project,
                Digest.sha256Hex(text),
                "back end",
                Set.of(ApiKey.Scope.FULL),
                true,
                now));
    return text;
  }

  private void createProviderApp(ProjectId project, int number) {
    var app =
        new ProviderApp(
            new ProviderAppId(ids.uuid()),
            project,
            "pinterest",
            World.clientId(number),
            PinterestSimulator.scopes(),
            null,
            ProviderApp.Metadata.NONE,
            "app/" + ids.uuid(),
            now,
            null);
    secrets.create(app.secretName(), new Secret(World.APP_SECRET));
    new ProviderAppRepository(directory).create(app);
  }

  /** Creates a destination that also gets all notifications. */
  private void createDestination(ProjectId project) {
    var destination =
        new Destination(
            new DestinationId(ids.uuid()),
            project,
            DESTINATION,
            new Destination.Webhook(SimulatedWebhooks.url(project)),
            "destination/" + ids.uuid(),
            now,
            null,
            null);
    secrets.create(destination.secretName(), DestinationSecret.create(Map.of(), ids).toSecret());
    new DestinationRepository(directory).create(destination);
    var topics = new TopicRepository(directory);
    var topic = new Topic(new TopicId(ids.uuid()), project, "notifications", now, null);
    topics.create(topic);
    for (NotificationType type : NotificationType.values()) {
      topics.create(EventTopicRoute.of(project, type, topic.id(), now));
    }
    topics.create(TopicDestinationRoute.of(project, topic.id(), destination.id(), now));
  }

  private void connect(String customer, ProjectId project, String apiKey) {
    Endpoint door = assembly.oauthDoor();
    URI page = Consent.start(door, project, apiKey).orElseThrow();
    URI callback = Consent.agree(world.simulator(), page);
    world.tokens().consented(customer, Consent.code(callback));
    if (!Consent.comeBack(door, callback)) {
      throw new IllegalStateException("a new customer could not be connected");
    }
  }

  private List<String> chooseObjects() {
    RandomGenerator random = world.chance().main();
    List<String> all = List.copyOf(ReadCatalogue.names());
    List<String> chosen = new ArrayList<>();
    all.stream().filter(object -> random.nextInt(4) == 0).forEach(chosen::add);
    if (world.compares() && !chosen.contains("pins")) {
      // Their titles are edited.
      chosen.add("pins");
    }
    if (chosen.isEmpty()) {
      chosen.add(all.get(random.nextInt(all.size())));
    }
    return chosen;
  }

  private Installation install(Integration integration, List<String> objects) {
    return assembly
        .install()
        .install(
            new InstallRequest(
                integration.project(),
                integration,
                GROUP,
                null,
                null,
                null,
                InstallationConfig.parse("config", config(objects)),
                null,
                false,
                // A sample would wait for permits, and only tasks can wait.
                true));
  }

  private String manifest(List<String> objects) {
    var yaml = new StringBuilder("specVersion: 1.0.0\nintegrations:\n  - name: sync\n");
    yaml.append("    provider: pinterest\n    read:\n      objects:\n");
    for (String object : objects) {
      yaml.append("        - objectName: ").append(object).append('\n');
      yaml.append("          destination: ").append(DESTINATION).append('\n');
      if (world.compares()) {
        yaml.append("          schedule: \"*/20 * * * *\"\n");
        boolean deletes = world.deletes() && ReadCatalogue.get(object).hasDeletions();
        yaml.append("          x-pinferry-changes: ")
            .append(deletes ? "changedAndDeleted" : "changed")
            .append('\n');
      } else {
        yaml.append("          schedule: \"0 9 * * *\"\n");
      }
      yaml.append("          optionalFieldsAuto: all\n");
      if (object.equals("pins")) {
        yaml.append("          x-pinferry-plan: ")
            .append(world.pinPlan().name().toLowerCase(Locale.ROOT))
            .append('\n');
      }
      yaml.append("          backfill:\n            defaultPeriod:\n");
      yaml.append("              fullHistory: true\n");
    }
    yaml.append("    write:\n      objects:\n");
    WRITE_OBJECTS.forEach(
        object -> yaml.append("        - objectName: ").append(object).append('\n'));
    return yaml.toString();
  }

  private static ObjectNode config(List<String> objects) {
    ObjectNode content = Json.object().put("provider", "pinterest");
    ObjectNode read = content.putObject("read").putObject("objects");
    for (String object : objects) {
      ObjectNode chosen = read.putObject(object).put("objectName", object);
      chosen.putObject("selectedFields");
      chosen.putObject("selectedFieldMappings");
    }
    ObjectNode write = content.putObject("write").putObject("objects");
    for (String object : WRITE_OBJECTS) {
      ObjectNode chosen = write.putObject(object).put("objectName", object);
      chosen.putObject("deletionSettings").put("enabled", true);
    }
    return content;
  }
}
