package io.pinferry.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.Json;
import io.pinferry.base.Tasks;
import io.pinferry.directory.ProjectId;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.TransportFailure;
import io.pinferry.simulation.invariant.Event;
import io.pinferry.simulation.invariant.Listener;
import io.pinferry.simulation.kernel.FaultPlan;
import io.pinferry.simulation.kernel.Journal;
import io.pinferry.simulation.kernel.SimulatedProcess;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** The destinations. They take messages, or are down, or are too slow. */
final class SimulatedWebhooks {
  private final FaultPlan faults;
  private final RandomGenerator random;
  private final InstantSource clock;
  private final Journal journal;
  private final Listener listener;
  private Instant downUntil = Instant.MIN;

  /** The status that an abandoned destination always answers, by the path of its URL. */
  private final Map<String, Integer> abandoned = new HashMap<>();

  SimulatedWebhooks(
      FaultPlan faults,
      RandomGenerator random,
      InstantSource clock,
      Journal journal,
      Listener listener) {
    this.faults = faults;
    this.random = random;
    this.clock = clock;
    this.journal = journal;
    this.listener = listener;
  }

  /** Returns the URL of a project's destination. */
  static String url(ProjectId project) {
    return "https://hooks.invalid" + path(project);
  }

  private static String path(ProjectId project) {
    return "/" + project;
  }

  /** A project's destination always answers an error from now on. */
  void abandon(ProjectId project, int status) {
    abandoned.put(path(project), status);
    listener.on(new Event.DestinationLoss(project));
  }

  /** A project's destination works again. */
  void repair(ProjectId project) {
    abandoned.remove(path(project));
    listener.on(new Event.DestinationRepair(project));
  }

  /** Returns the way of a process. */
  HttpTransport from(Tasks tasks, SimulatedProcess process) {
    return call -> {
      process.check();
      listener.on(new Event.Text("a URL", call.uri().toString()));
      Integer always = abandoned.get(call.uri().getPath());
      if (always != null) {
        return answer(always);
      }
      if (clock.instant().isBefore(downUntil)) {
        return answer(503);
      }
      if (faults.strikes(6)) {
        return broken(call, tasks);
      }
      tasks.sleepUntil(tasks.now().plus(Duration.ofMillis(5 + random.nextInt(100))));
      take(call);
      return answer(204);
    };
  }

  private HttpAnswer broken(HttpCall call, Tasks tasks) throws TransportFailure {
    return switch (random.nextInt(4)) {
      case 0 -> {
        faults.count("destination is down for a while");
        downUntil = clock.instant().plusSeconds(random.nextInt(random.nextBoolean() ? 60 : 900));
        journal.note("destination down until " + downUntil);
        yield answer(503);
      }
      case 1 -> {
        faults.count("destination answers 500");
        yield answer(500);
      }
      case 2 -> {
        faults.count("destination takes it, but the answer is lost");
        take(call);
        throw new TransportFailure("reset", true, new IOException("reset"));
      }
      default -> {
        faults.count("destination is too slow");
        tasks.sleepUntil(tasks.now().plus(call.timeout()));
        throw new TransportFailure("timeout", true, new IOException("timeout"));
      }
    };
  }

  private void take(HttpCall call) {
    byte[] body = call.body();
    listener.on(
        new Event.MessageReceipt(
            call.uri().getPath(),
            String.valueOf(call.headers().get("webhook-id")),
            Json.trusted(body == null ? "" : new String(body, UTF_8))));
  }

  private static HttpAnswer answer(int status) {
    return new HttpAnswer(status, Map.of(), new byte[0], false);
  }
}
