package io.pinferry.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.base.Tasks;
import io.pinferry.local.demo.RecordFingerprint;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.TransportFailure;
import io.pinferry.pinterest.ReadCatalogue;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** The destinations: take messages, or are down for a while, or never answer. */
final class SimulatedWebhooks {
  /** What is known of an installation may be a minute old, and a delivery takes its time. */
  private static final Duration KNOWN_MAX = Duration.ofSeconds(85);

  private final FaultPlan faults;
  private final RandomGenerator random;
  private final Observer observer;
  private Instant downUntil = Instant.MIN;

  /** Records that were taken, by operation: key and content. */
  private final Map<String, Set<RecordFingerprint>> taken = new HashMap<>();

  private final Set<String> takenIds = new HashSet<>();
  private final Map<String, Instant> uninstalledAt = new HashMap<>();

  /** What the destination of a project answers for ever. */
  private final Map<String, Integer> abandoned = new HashMap<>();

  private long records;

  private final Consumer<JsonNode> writeEnds;

  /**
   * @param writeEnds is told what is said of the ends of writes
   */
  SimulatedWebhooks(
      FaultPlan faults, RandomGenerator random, Observer observer, Consumer<JsonNode> writeEnds) {
    this.writeEnds = writeEnds;
    this.faults = faults;
    this.random = random;
    this.observer = observer;
  }

  Set<RecordFingerprint> taken(String operation) {
    return taken.getOrDefault(operation, Set.of());
  }

  /** Takes note that nothing of an installation is to be sent any more. */
  void uninstalled(String installation) {
    uninstalledAt.put(installation, observer.now());
  }

  /** Lets the destination of a project answer the same error for ever. */
  void abandoned(String project, int status) {
    abandoned.put("/" + project, status);
  }

  /** Lets the destination of a project answer as others do again. */
  void mended(String project) {
    abandoned.remove("/" + project);
  }

  /** Returns whether a message of this id was taken. */
  boolean took(String messageId) {
    return takenIds.contains(messageId);
  }

  boolean abandons(String project) {
    return abandoned.containsKey("/" + project);
  }

  long records() {
    return records;
  }

  /** Returns the way there of one invocation. */
  HttpTransport from(Tasks tasks, Invocation invocation, Scheduler scheduler) {
    return call -> {
      invocation.check();
      Instant now = scheduler.now();
      observer.seen("a URL", call.uri().toString());
      Integer forEver = abandoned.get(call.uri().getPath());
      if (forEver != null) {
        return answer(forEver);
      }
      if (now.isBefore(downUntil)) {
        return answer(503);
      }
      if (faults.strikes(6)) {
        return broken(call, tasks, now);
      }
      tasks.sleepUntil(tasks.now().plus(Duration.ofMillis(5 + random.nextInt(100))));
      take(call);
      return answer(204);
    };
  }

  private HttpAnswer broken(HttpCall call, Tasks tasks, Instant now) throws TransportFailure {
    int kind = random.nextInt(4);
    if (kind == 0) {
      faults.count("destination is down for a while");
      downUntil = now.plusSeconds(random.nextInt(random.nextBoolean() ? 60 : 900));
      observer.event("destination down until " + downUntil);
      return answer(503);
    }
    if (kind == 1) {
      faults.count("destination answers 500");
      return answer(500);
    }
    if (kind == 2) {
      faults.count("destination takes it, but the answer is lost");
      take(call);
      throw new TransportFailure("reset", true, new IOException("reset"));
    }
    faults.count("destination is too slow");
    tasks.sleepUntil(tasks.now().plus(call.timeout()));
    throw new TransportFailure("timeout", true, new IOException("timeout"));
  }

  private static HttpAnswer answer(int status) {
    return new HttpAnswer(status, Map.of(), new byte[0], false);
  }

  private void take(HttpCall call) {
    byte[] body = call.body();
    JsonNode posted =
        Json.trusted(
            new String(body == null ? new byte[0] : body, java.nio.charset.StandardCharsets.UTF_8));
    takenIds.add(String.valueOf(call.headers().get("webhook-id")));
    boolean notification = posted.has("notificationType");
    JsonNode message = notification ? posted.path("data") : posted;
    if (!call.uri().getPath().equals("/" + message.path("projectId").asText())) {
      observer.violated("isolation", "a message of another project came to " + call.uri());
    }
    Instant uninstalled = uninstalledAt.get(message.path("installationId").asText());
    boolean farewell = posted.path("notificationType").asText().equals("installation.deleted");
    if (uninstalled != null && !farewell && observer.now().isAfter(uninstalled.plus(KNOWN_MAX))) {
      observer.violated("uninstalled", "a message was sent after " + uninstalled);
    }
    if (notification) {
      if (posted.path("notificationType").asText().equals("write.async.done")) {
        writeEnds.accept(message);
      }
      if (message.has("operationId")) {
        observer.told(
            message.path("operationId").asText(),
            String.valueOf(call.headers().get("webhook-id")),
            posted.path("notificationType").asText());
      }
      return;
    }
    var object = ReadCatalogue.get(message.path("rawObjectName").asText());
    Set<RecordFingerprint> of =
        taken.computeIfAbsent(message.path("operationId").asText(), _ -> new HashSet<>());
    for (JsonNode entry : message.path("result")) {
      records++;
      of.add(RecordFingerprint.of(object, entry.path("raw")));
    }
  }
}
