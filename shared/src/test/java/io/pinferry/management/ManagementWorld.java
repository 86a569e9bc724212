package io.pinferry.management;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.assembly.Assembly;
import io.pinferry.assembly.FixedSettings;
import io.pinferry.assembly.InMemoryPorts;
import io.pinferry.base.Digest;
import io.pinferry.base.IdSource;
import io.pinferry.base.Json;
import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.Secret;
import io.pinferry.base.VirtualTasks;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.DeliveryAttempts;
import io.pinferry.delivery.InMemoryParkedMessages;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ConnectionNotes;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.Consumer;
import io.pinferry.directory.DirectoryCredentials;
import io.pinferry.directory.Group;
import io.pinferry.directory.InMemorySecretStore;
import io.pinferry.directory.Owner;
import io.pinferry.directory.ProjectId;
import io.pinferry.http.Door;
import io.pinferry.http.Endpoint;
import io.pinferry.http.Guard;
import io.pinferry.http.HttpEvents;
import io.pinferry.http.Route;
import io.pinferry.http.Router;
import io.pinferry.install.Sampling;
import io.pinferry.install.ScriptedSampling;
import io.pinferry.limit.BudgetStore;
import io.pinferry.net.HostNames;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.ScriptedHostNames;
import io.pinferry.read.InMemoryCloud;
import io.pinferry.timer.Timer;
import io.pinferry.write.InMemoryWriteStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The management routes behind their guard, over stores in memory. */
final class ManagementWorld {
  static final String ADMIN_KEY = "admin-key";

  final ManualClock clock = new ManualClock(Instant.parse("2026-09-01T08:00:00Z"));
  final ScriptedHostNames hosts =
      new ScriptedHostNames().then("hooks.example.com", "93.184.215.14");
  final ScriptedSampling sampling = new ScriptedSampling();

  /** The answer of Pinterest's token endpoint. By default the code, and not the app, is refused. */
  HttpAnswer tokenAnswer = tokenAnswer(401, "{'code':283,'message':'Invalid grant.'}");

  private final InMemoryPorts ports =
      new InMemoryPorts(new VirtualTasks(clock, VirtualTasks.Forks.EAGER)) {
        @Override
        public HostNames hosts() {
          return hosts;
        }

        @Override
        public HttpTransport pinterest() {
          return call -> tokenAnswer;
        }
      };
  final InMemoryCloud cloud = ports.cloud();
  final BudgetStore budgets = ports.budgets();
  final InMemorySecretStore secrets = ports.secrets();
  final InMemoryParkedMessages parked = ports.parkedMessages();
  final DeadLetters deadLetters = ports.deadLetters();
  final DeliveryAttempts deliveryAttempts = ports.deliveryAttempts();
  final InMemoryWriteStore writes = ports.writes();
  final IdSource ids = ports.ids();
  private final Guard guard =
      new Guard(
          new DirectoryCredentials(cloud.directory()),
          Digest.sha256Hex(ADMIN_KEY),
          Duration.ZERO,
          clock);
  private final Assembly assembly =
      new Assembly(
          ports,
          new FixedSettings() {
            @Override
            public String publicApiOrigin() {
              return "https://api.example.com";
            }
          }) {
        @Override
        protected Sampling sampling() {
          return sampling;
        }
      };
  private final Endpoint api = endpoint(Door.API, assembly.managementRoutes());
  private final Endpoint read = endpoint(Door.READ, assembly.readRoutes());

  private Endpoint endpoint(Door door, List<Route> routes) {
    return new Endpoint(door, new Router(routes), guard, Log.none(), clock);
  }

  static HttpAnswer tokenAnswer(int status, String body) {
    return new HttpAnswer(
        status, Map.of(), body.replace('\'', '"').getBytes(StandardCharsets.UTF_8), false);
  }

  /** An answer. */
  record Answer(int status, JsonNode body) {
    /** Returns the only issue's member and what is wrong with it. */
    String issue() {
      JsonNode issues = body.path("issues");
      if (issues.size() != 1) {
        throw new AssertionError("not one issue: " + body);
      }
      return issues.path(0).path("name").asText() + ": " + issues.path(0).path("detail").asText();
    }

    String text(String name) {
      return body.path(name).asText();
    }
  }

  /** Sends a request with a key; the body is JSON with single quotes for double ones. */
  Answer send(String key, String method, String path, @Nullable String body) {
    return send(api, key, method, path, body);
  }

  /** Sends a request to the read door. */
  Answer trigger(String path, String body) {
    return send(read, ADMIN_KEY, "POST", path, body);
  }

  /** Sends a request with a JWT; the body is JSON with single quotes for double ones. */
  Answer bearer(String jwt, String method, String path, @Nullable String body) {
    HttpEvents event = HttpEvents.request(method, path).header("authorization", "Bearer " + jwt);
    if (body != null) {
      event.body(body.replace('\'', '"'));
    }
    JsonNode answer = event.sendTo(api);
    JsonNode json =
        answer.path("body").asText().isEmpty() ? answer.path("nothing") : HttpEvents.bodyOf(answer);
    return new Answer(answer.path("statusCode").asInt(), json);
  }

  private static Answer send(
      Endpoint endpoint, String key, String method, String path, @Nullable String body) {
    HttpEvents event = HttpEvents.request(method, path).key(key);
    if (body != null) {
      event.body(body.replace('\'', '"'));
    }
    JsonNode answer = event.sendTo(endpoint);
    JsonNode json =
        answer.path("body").asText().isEmpty() ? answer.path("nothing") : HttpEvents.bodyOf(answer);
    return new Answer(answer.path("statusCode").asInt(), json);
  }

  /** Asks for a list, and returns the token of its next page; empty if it has none. */
  String nextPage(String path) {
    return HttpEvents.request("GET", path)
        .key(ADMIN_KEY)
        .sendTo(api)
        .at("/headers/x-next-page-token")
        .asText();
  }

  Answer get(String path) {
    return send(ADMIN_KEY, "GET", path, null);
  }

  Answer post(String path, String body) {
    return send(ADMIN_KEY, "POST", path, body);
  }

  Answer patch(String path, String body) {
    return send(ADMIN_KEY, "PATCH", path, body);
  }

  Answer delete(String path) {
    return send(ADMIN_KEY, "DELETE", path, null);
  }

  Answer put(String path, String body) {
    return send(ADMIN_KEY, "PUT", path, body);
  }

  /** Deploys a manifest into project shop; its text may have any quotes. */
  Answer deploy(String yaml, String query) {
    return endpointAnswer(
        HttpEvents.request("PUT", "/v1/projects/shop/integrations:batch" + query)
            .key(ADMIN_KEY)
            .body(Json.text(Json.object().put("sourceYaml", yaml))));
  }

  /** Sends bytes to an address that needs no key. */
  Answer upload(String path, @Nullable String contentMd5, byte[] bytes) {
    HttpEvents event = HttpEvents.request("PUT", path).base64Body(bytes);
    return endpointAnswer(contentMd5 == null ? event : event.header("content-md5", contentMd5));
  }

  private Answer endpointAnswer(HttpEvents event) {
    JsonNode answer = event.sendTo(api);
    return new Answer(answer.path("statusCode").asInt(), HttpEvents.bodyOf(answer));
  }

  /** Connects a group's account, as the callback does. */
  Connection connect(String project, String groupRef, String... scopes) {
    var connection =
        new Connection(
            new ConnectionId(ids.uuid()),
            new ProjectId(project),
            "pinterest",
            new Owner(
                new Group(groupRef, "Blue Shop", clock.instant(), null),
                new Consumer("u_42", "Ana", clock.instant(), null)),
            new Connection.Access(
                null,
                ConnectionStatus.WORKING,
                List.of(scopes),
                "549755885175",
                null,
                new AccountId("account-1"),
                "connection/" + ids.uuid()),
            clock.instant(),
            null,
            ConnectionNotes.NONE);
    secrets.create(connection.access().secretName(), new Secret("{}"));
    if (!new ConnectionRepository(cloud.directory()).create(connection)) {
      throw new AssertionError(groupRef + " is connected already");
    }
    return connection;
  }

  /** Creates a destination of project shop. */
  void destination(String name) {
    Answer answer =
        post(
            "/v1/projects/shop/destinations",
            "{'name':'"
                + name
                + "','type':'webhook','metadata':{'url':'https://hooks.example.com/'}}");
    if (answer.status() != 201) {
      throw new AssertionError(answer.toString());
    }
  }

  /** Returns all timers of a kind, whenever they are due. */
  List<Timer> timers(String kind) {
    List<Timer> timers = new ArrayList<>();
    for (int shard = 0; shard < Timer.SHARD_COUNT; shard++) {
      timers.addAll(cloud.timers().due(shard, Instant.parse("2100-01-01T00:00:00Z"), 1000));
    }
    return timers.stream()
        .filter(timer -> timer.kind().equals(kind))
        .sorted(Comparator.comparing(Timer::dueAt).thenComparing(Timer::id))
        .toList();
  }

  /** Creates a project and returns its id. */
  String project(String name) {
    Answer answer =
        post("/v1/projects", "{'name':'" + name + "','appName':'Shop','orgId':'org_1'}");
    if (answer.status() != 201) {
      throw new AssertionError(answer.toString());
    }
    return answer.text("id");
  }
}
