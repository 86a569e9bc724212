package io.pinbridge.management;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinbridge.base.Digest;
import io.pinbridge.base.Log;
import io.pinbridge.base.ManualClock;
import io.pinbridge.base.SeededIds;
import io.pinbridge.connection.InMemorySecretStore;
import io.pinbridge.directory.DestinationRules;
import io.pinbridge.http.Door;
import io.pinbridge.http.Endpoint;
import io.pinbridge.http.Guard;
import io.pinbridge.http.HttpEvents;
import io.pinbridge.http.Router;
import io.pinbridge.read.InMemoryCloud;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The management routes behind their guard, over stores in memory. */
final class ManagementWorld {
  static final String ADMIN_KEY = "admin-key";

  final ManualClock clock = new ManualClock(Instant.parse("2026-09-01T08:00:00Z"));
  final InMemoryCloud cloud = new InMemoryCloud(clock);
  final InMemorySecretStore secrets = new InMemorySecretStore();
  final SeededIds ids = new SeededIds(7);
  final Endpoint endpoint =
      new Endpoint(
          Door.API,
          new Router(
              ManagementRoutes.of(
                  cloud.directory(),
                  cloud.reads(),
                  secrets,
                  new DestinationRules(false),
                  ids,
                  clock)),
          new Guard(
              new DirectoryApiKeys(cloud.directory()),
              Digest.sha256Hex(ADMIN_KEY),
              Duration.ZERO,
              clock),
          Log.none(),
          clock);

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
    HttpEvents event = HttpEvents.request(method, path).key(key);
    if (body != null) {
      event.body(body.replace('\'', '"'));
    }
    JsonNode answer = event.sendTo(endpoint);
    JsonNode json =
        answer.path("body").asText().isEmpty() ? answer.path("nothing") : HttpEvents.bodyOf(answer);
    return new Answer(answer.path("statusCode").asInt(), json);
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
