package io.pinferry.local.api;

import io.pinferry.base.Json;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Answers requests as a test has said; the last answer of an address is repeated. */
public final class ScriptedTransport implements Transport {
  /** Gives an answer, or throws. */
  public interface Step {
    Answer answer() throws IOException;
  }

  private final Map<String, Deque<Step>> steps = new HashMap<>();
  private final List<Call> calls = new ArrayList<>();

  /**
   * Adds an answer.
   *
   * @param request method, address and query, e.g. {@code GET http://127.0.0.1:1/v1/my-info}
   */
  public ScriptedTransport on(String request, Step step) {
    steps.computeIfAbsent(request, _ -> new ArrayDeque<>()).add(step);
    return this;
  }

  public ScriptedTransport on(String request, int status, String body) {
    return on(request, () -> new Answer(status, Map.of(), body.replace('\'', '"')));
  }

  /** Returns the requests so far. */
  public List<Call> calls() {
    return List.copyOf(calls);
  }

  @Override
  public Answer send(Call call) throws IOException {
    calls.add(call);
    Deque<Step> left = steps.get(call.method() + " " + call.address());
    if (left == null) {
      return new Answer(
          404,
          Map.of(),
          Json.text(
              Json.object()
                  .put("subsystem", "api")
                  .put("detail", "there is nothing at " + call.address())));
    }
    return (left.size() == 1 ? left.getFirst() : left.removeFirst()).answer();
  }
}
