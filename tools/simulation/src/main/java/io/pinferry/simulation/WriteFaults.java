package io.pinferry.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.TransportFailure;
import io.pinferry.simulation.invariant.AsRequested;
import io.pinferry.simulation.invariant.Event;
import io.pinferry.simulation.invariant.Listener;
import io.pinferry.simulation.invariant.WriteWatch;
import io.pinferry.simulation.kernel.FaultPlan;
import io.pinferry.simulation.kernel.FaultyPort;
import io.pinferry.simulation.kernel.SimulatedProcess;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Breaks requests that write at Pinterest more often than others, in ways of their own. */
final class WriteFaults {
  private static final int WEIGHT = 16;

  private final FaultPlan faults;
  private final RandomGenerator random;
  private final WriteWatch watch;
  private final Listener listener;

  WriteFaults(FaultPlan faults, RandomGenerator random, WriteWatch watch, Listener listener) {
    this.faults = faults;
    this.random = random;
    this.watch = watch;
    this.listener = listener;
  }

  /** Returns the way of a process that writes. */
  HttpTransport at(HttpTransport way, SimulatedProcess process, FaultyPort port) {
    return call -> {
      process.check();
      boolean writes =
          !call.method().equals("GET") && !call.uri().getPath().equals("/v5/oauth/token");
      return writes && faults.strikesWrite(random, WEIGHT)
          ? broken(call, way, port)
          : whole(call, way);
    };
  }

  private HttpAnswer whole(HttpCall call, HttpTransport way) throws TransportFailure {
    boolean known = false;
    try {
      HttpAnswer answer = way.send(call);
      known = answer.status() < 500;
      return answer;
    } finally {
      if (!known) {
        watch.lost(call);
      }
    }
  }

  private HttpAnswer broken(HttpCall call, HttpTransport way, FaultyPort port)
      throws TransportFailure {
    int kind = random.nextInt(10);
    switch (kind) {
      case 0 -> {
        faults.count("write: no connection");
        throw new TransportFailure("no connection", false, new IOException("refused"));
      }
      case 1 -> {
        faults.count("write: lost on its way there");
        watch.lost(call);
        throw reset();
      }
      case 2 -> port.kill("killed before a write at Pinterest");
      case 3 -> {
        faults.count("write: refused");
        watch.handled(call, 400, "{}");
        return answer(400, "{\"code\":1,\"message\":\"" + AsRequested.REFUSAL + "\"}");
      }
      default -> {}
    }
    HttpAnswer answer = whole(call, way);
    watch.lost(call);
    listener.on(new Event.AnswerLoss());
    switch (kind) {
      case 4 -> port.kill("killed after a write at Pinterest");
      case 5 -> {
        faults.count("write: done, but answered 500");
        return answer(500, "{\"code\":0,\"message\":\"Something went wrong\"}");
      }
      case 6 -> {
        faults.count("write: done, but the answer is not JSON");
        return answer(answer.status(), "<html>");
      }
      default -> faults.count("write: done, but the answer was lost");
    }
    throw reset();
  }

  private static TransportFailure reset() {
    return new TransportFailure("reset", true, new IOException("reset"));
  }

  private static HttpAnswer answer(int status, String body) {
    return new HttpAnswer(
        status, Map.of("content-type", List.of("application/json")), body.getBytes(UTF_8), false);
  }
}
