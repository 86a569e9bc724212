package io.pinferry.simulation.invariant;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.directory.InstallationId;
import io.pinferry.local.demo.RecordFingerprint;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.simulation.kernel.Journal;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;

/**
 * no-false-delete: no record is told as deleted that is at Pinterest when the message comes. No id
 * is ever used again.
 */
public final class NoFalseDelete implements Invariant {
  private final Journal journal;
  private final Function<String, Set<RecordFingerprint>> truth;
  private final Set<InstallationId> left = new HashSet<>();

  /**
   * @param truth returns the records of an object that are at Pinterest now
   */
  public NoFalseDelete(Journal journal, Function<String, Set<RecordFingerprint>> truth) {
    this.journal = journal;
    this.truth = truth;
  }

  @Override
  public void on(Event event) {
    switch (event) {
      case Event.AccountChange(InstallationId installation) -> left.add(installation);
      case Event.MessageReceipt receipt when receipt.notificationType().isEmpty() ->
          receive(receipt.body());
      default -> {}
    }
  }

  private void receive(JsonNode message) {
    if (left.contains(new InstallationId(message.path("installationId").asText()))) {
      return;
    }
    var object = ReadCatalogue.get(message.path("rawObjectName").asText());
    for (JsonNode entry : message.path("result")) {
      if (NoMissedChange.isDeletion(entry)) {
        String key = RecordFingerprint.withoutCounters(object, entry.path("raw")).key();
        if (truth.apply(object.name()).stream().anyMatch(record -> record.key().equals(key))) {
          journal.violation(
              "no-false-delete",
              "%s tells %s %s as deleted, which is at Pinterest"
                  .formatted(message.path("operationId").asText(), object.name(), key));
        }
      }
    }
  }
}
