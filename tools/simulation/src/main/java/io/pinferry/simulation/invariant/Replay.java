package io.pinferry.simulation.invariant;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.simulation.kernel.Journal;
import java.util.HashMap;
import java.util.Map;

/**
 * replay: a repeated request gets the first answer of its Idempotency-Key, and another request with
 * that key gets none. Checked at each answer. After a disturbance, and where the worker goes on, a
 * later answer may know more than the first.
 */
public final class Replay implements Invariant {
  private final Journal journal;
  private final WriteLedger ledger;
  private final Map<String, JsonNode> firstAnswers = new HashMap<>();

  public Replay(Journal journal, WriteLedger ledger) {
    this.journal = journal;
    this.ledger = ledger;
  }

  @Override
  public void on(Event event) {
    switch (event) {
      case Event.WriteAnswer(SimulatedWrite write, JsonNode answer) -> check(write, answer);
      case Event.KeyReuse(String answer) when answer.contains("operationId") ->
          violation("another request with a used key is answered " + answer);
      default -> {}
    }
  }

  private void check(SimulatedWrite write, JsonNode answer) {
    String key = write.key();
    JsonNode first = key == null ? null : firstAnswers.putIfAbsent(key, answer);
    boolean mayChange = ledger.wasDisturbed(write) || ledger.wasHandedOver(write);
    if (first != null && !first.equals(answer) && !mayChange) {
      violation("key " + key + " was answered " + first + ", then " + answer);
    }
  }

  private void violation(String text) {
    journal.violation("replay", text);
  }
}
