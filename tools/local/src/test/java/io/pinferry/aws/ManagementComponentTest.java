package io.pinferry.aws;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.assembly.Assembly;
import io.pinferry.assembly.FixedSettings;
import io.pinferry.assembly.InMemoryPorts;
import io.pinferry.base.Digest;
import io.pinferry.base.Json;
import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.DeliveryAttempts;
import io.pinferry.delivery.ResultStore;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ConnectionNotes;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.Consumer;
import io.pinferry.directory.DirectoryCredentials;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Group;
import io.pinferry.directory.InMemorySecretStore;
import io.pinferry.directory.Owner;
import io.pinferry.directory.ProjectId;
import io.pinferry.http.Door;
import io.pinferry.http.Endpoint;
import io.pinferry.http.Guard;
import io.pinferry.http.HttpEvents;
import io.pinferry.http.Router;
import io.pinferry.http.TestJwts;
import io.pinferry.install.Sampling;
import io.pinferry.install.ScriptedSampling;
import io.pinferry.local.RepositoryRoot;
import io.pinferry.local.cloud.EmbeddedParts;
import io.pinferry.operation.OperationStore;
import io.pinferry.read.InMemoryReadQueue;
import io.pinferry.read.PartitionStore;
import io.pinferry.timer.Timer;
import io.pinferry.timer.TimerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The management routes on the real tables: their transactions and lists are ones it accepts. */
final class ManagementComponentTest {
  private static final String SHOP = "/v1/projects/shop";
  private static final String SYNC = SHOP + "/integrations/pinterestSync";

  private static final Instant START = Instant.parse("2026-09-01T08:00:00Z");

  private final ManualClock clock = new ManualClock(START);
  private final VirtualThreadTasks tasks = new VirtualThreadTasks(clock);
  private final DynamoDbOperationStore.Tables tables =
      new DynamoDbOperationStore.Tables(
          DynamoDbTables.createReads(),
          DynamoDbTables.create("directory"),
          DynamoDbTables.create("timers"));
  private final TablePorts ports = new TablePorts();
  private final DirectoryStore directory = ports.directory();
  private final InMemorySecretStore secrets = ports.secrets();
  private final InMemoryReadQueue queue = ports.cloud().readQueue();
  private int keysMade;
  private final Endpoint endpoint = instance(Duration.ZERO);

  /** Ports in memory, but for the tables. */
  private final class TablePorts extends InMemoryPorts {
    private final DynamoDbClient client = EmbeddedParts.dynamoDb();

    TablePorts() {
      super(tasks);
    }

    @Override
    public DirectoryStore directory() {
      return new DynamoDbDirectoryStore(client, tables.directory(), tasks);
    }

    @Override
    public OperationStore operations() {
      return new DynamoDbOperationStore(client, tables, tasks);
    }

    @Override
    public PartitionStore partitions() {
      return new DynamoDbPartitionStore(client, tables.reads(), tasks);
    }

    @Override
    public ResultStore results() {
      return new DynamoDbResultStore(client, tables.reads(), tasks);
    }

    @Override
    public DeadLetters deadLetters() {
      return new DynamoDbDeadLetters(client, tables.reads(), tables.timers(), tasks);
    }

    @Override
    public DeliveryAttempts deliveryAttempts() {
      return new DynamoDbDeliveryAttempts(client, tables.reads(), tasks);
    }

    @Override
    public TimerStore timers() {
      return new DynamoDbTimerStore(client, tables.timers(), tasks);
    }
  }

  /** One of the instances that answer side by side, each with a memory of its own. */
  private Endpoint instance(Duration keysBelievedFor) {
    var assembly =
        new Assembly(ports, new FixedSettings()) {
          @Override
          protected Sampling sampling() {
            return new ScriptedSampling();
          }
        };
    return new Endpoint(
        Door.API,
        new Router(assembly.managementRoutes()),
        new Guard(
            new DirectoryCredentials(directory),
            Digest.sha256Hex("operator"),
            keysBelievedFor,
            clock),
        Log.none(),
        clock);
  }

  private JsonNode send(int status, String method, String path, JsonNode body) {
    HttpEvents event = HttpEvents.request(method, path).key("operator");
    if (!body.isMissingNode()) {
      event.body(Json.text(body));
    }
    JsonNode answer = event.sendTo(endpoint);
    assertThat(answer.path("statusCode").asInt())
        .as(method + " " + path + ": " + answer.path("body").asText())
        .isEqualTo(status);
    return answer.path("body").asText().isEmpty() ? Json.object() : HttpEvents.bodyOf(answer);
  }

  private JsonNode get(String path) {
    return send(200, "GET", path, Json.object().path("none"));
  }

  private void delete(String path) {
    send(204, "DELETE", path, Json.object().path("none"));
  }

  @Test
  void aProjectsWholeLife() throws IOException {
    String project =
        send(
                201,
                "POST",
                "/v1/projects",
                Json.object().put("name", "Shop").put("appName", "Shop").put("orgId", "o"))
            .path("id")
            .asText();
    ObjectNode destination = Json.object().put("name", "pinterestWebhook").put("type", "webhook");
    destination.putObject("metadata").put("url", "https://hooks.example.com/");
    send(201, "POST", SHOP + "/destinations", destination);
    send(201, "POST", SHOP + "/api-keys", Json.object().put("label", "k"));
    send(
        200,
        "PUT",
        SHOP + "/integrations:batch",
        Json.object()
            .put("sourceYaml", Files.readString(RepositoryRoot.file("examples/amp.yaml"))));
    connect(project);

    ObjectNode wanted = Json.object().put("groupRef", "org_7");
    ObjectNode content = wanted.putObject("config").putObject("content");
    content.put("provider", "pinterest");
    ObjectNode objects = content.putObject("read").putObject("objects");
    get(SYNC)
        .at("/latestRevision/content/read/objects")
        .forEach(
            object -> {
              ObjectNode chosen = objects.putObject(object.path("objectName").asText());
              chosen.put("objectName", object.path("objectName").asText());
              chosen.putObject("selectedFields");
              chosen.putObject("selectedFieldMappings");
            });
    String installation = send(201, "POST", SYNC + "/installations", wanted).path("id").asText();
    send(409, "POST", SYNC + "/installations", wanted);

    JsonNode operations = get(SYNC + "/installations/" + installation + "/operations");
    assertThat(operations.path("results")).hasSize(10);
    assertThat(queue.receive()).hasSizeGreaterThanOrEqualTo(10);
    assertThat(timers()).hasSize(20);
    assertThat(get(SYNC + "/installations?groupRef=org_7")).hasSize(1);
    String operation = operations.at("/results/0/id").asText();
    assertThat(get(SHOP + "/operations/" + operation).path("status").asText())
        .isEqualTo("in_progress");

    delete(SYNC);
    assertThat(get(SHOP + "/installations")).isEmpty();
    assertThat(get(SHOP + "/integrations")).isEmpty();
    assertThat(get(SHOP + "/operations/" + operation).path("status").asText()).isEqualTo("failure");
    assertThat(get(SHOP + "/operations/" + operation + "/logs")).hasSize(1);
    delete(SHOP + "/destinations/pinterestWebhook");
    assertThat(secrets.names()).isEmpty();
  }

  /**
   * Another instance has just believed each credential, and knows nothing of what ends it; with the
   * clock of a minute later it does.
   */
  @Test
  void aRevokedKeyIsRefusedEverywhereAfterAMinute() {
    send(
        201,
        "POST",
        "/v1/projects",
        Json.object().put("name", "Shop").put("appName", "Shop").put("orgId", "o"));
    Map<String, String> ends = new LinkedHashMap<>();
    String deactivate = "{\"updateMask\":[\"active\"],\"%s\":{\"active\":false}}";
    JsonNode off = Json.trusted(deactivate.formatted("apiKey"));
    JsonNode jwtOff = Json.trusted(deactivate.formatted("jwtKey"));
    String full = key("full");
    String removed = key("full");
    String narrowed = key("full");
    String page = key("frontend");
    String signer = jwtKey();
    String removedSigner = jwtKey();
    Endpoint other = instance(Guard.KNOWN_TTL_MAX);
    Function<HttpEvents, Integer> status =
        event -> event.sendTo(other).path("statusCode").intValue();
    Supplier<List<Integer>> statuses =
        () ->
            List.of(
                status.apply(HttpEvents.request("GET", SHOP).key(full)),
                status.apply(HttpEvents.request("GET", SHOP).key(removed)),
                status.apply(HttpEvents.request("GET", SHOP + "/api-keys").key(narrowed)),
                status.apply(HttpEvents.request("GET", SHOP).key(page)),
                status.apply(jwtRequest(signer)),
                status.apply(jwtRequest(removedSigner)));
    assertThat(statuses.get()).containsOnly(200);

    List<JsonNode> keys = get(SHOP + "/api-keys").valueStream().toList();
    for (JsonNode key : keys) {
      ends.put(key.path("label").asText(), SHOP + "/api-keys/" + key.path("key").asText());
    }
    send(200, "PATCH", ends.getOrDefault("key 1", ""), off);
    delete(ends.getOrDefault("key 2", ""));
    send(
        200,
        "PATCH",
        ends.getOrDefault("key 3", ""),
        Json.trusted("{\"updateMask\":[\"scopes\"],\"apiKey\":{\"scopes\":[\"frontend\"]}}"));
    send(
        200,
        "PATCH",
        SHOP,
        Json.trusted("{\"updateMask\":[\"requireJwt\"],\"project\":{\"requireJwt\":true}}"));
    send(200, "PATCH", SHOP + "/jwt-keys/" + signer, jwtOff);
    delete(SHOP + "/jwt-keys/" + removedSigner);
    assertThat(statuses.get()).as("believed for a minute, as documented").containsOnly(200);

    clock.advance(Guard.KNOWN_TTL_MAX);
    assertThat(statuses.get()).containsExactly(401, 401, 403, 403, 401, 401);
  }

  private String key(String scope) {
    ObjectNode wanted = Json.object().put("label", "key " + ++keysMade);
    wanted.putArray("scopes").add(scope);
    return send(201, "POST", SHOP + "/api-keys", wanted).path("key").asText();
  }

  private String jwtKey() {
    return send(
            201,
            "POST",
            SHOP + "/jwt-keys",
            Json.object()
                .put("label", "of the test")
                .put("algorithm", "RS256")
                .put("publicKeyPem", TestJwts.pem(TestJwts.pair())))
        .path("kid")
        .asText();
  }

  private HttpEvents jwtRequest(String kid) {
    return HttpEvents.request("GET", SHOP)
        .header("authorization", "Bearer " + TestJwts.of(kid, "own", "consumer", START));
  }

  private void connect(String project) {
    Instant now = clock.instant();
    var connection =
        new Connection(
            new ConnectionId("5d0c5c3e-0a3b-4b0e-9b0a-1f6f3d6d7a10"),
            new ProjectId(project),
            "pinterest",
            new Owner(
                new Group("org_7", "Blue Shop", now, null), new Consumer("u_42", "Ana", now, null)),
            new Connection.Access(
                null,
                ConnectionStatus.CREATED,
                List.of("ads:read", "biz_access:read", "boards:read", "catalogs:read", "pins:read"),
                null,
                null,
                new AccountId("account-1"),
                "connection/1"),
            now,
            null,
            ConnectionNotes.NONE);
    assertThat(new ConnectionRepository(directory).create(connection)).isTrue();
  }

  private List<Timer> timers() {
    var store = new DynamoDbTimerStore(EmbeddedParts.dynamoDb(), tables.timers(), tasks);
    return IntStream.range(0, Timer.SHARD_COUNT)
        .boxed()
        .flatMap(shard -> store.due(shard, clock.instant().plus(Duration.ofDays(2)), 100).stream())
        .toList();
  }
}
