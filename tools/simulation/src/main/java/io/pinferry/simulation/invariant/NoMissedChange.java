package io.pinferry.simulation.invariant;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.directory.InstallationId;
import io.pinferry.local.demo.RecordFingerprint;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.Work;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.pinterest.ReadableObject;
import io.pinferry.simulation.kernel.Journal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * no-missed-change: a consumer stores each record that comes, and removes each that is told as
 * deleted, unless a newer operation has told otherwise. After a read of changes that is a success,
 * and during which nothing changed at Pinterest, the consumer has every record that is at
 * Pinterest, with its content. If deletions are told, it has no other record, unless the read says
 * that some are not confirmed.
 */
public final class NoMissedChange implements Invariant {
  private final Journal journal;
  private final InstantSource clock;
  private final Instant calmFrom;
  private final Instant givesUpAt;
  private final Function<String, Set<RecordFingerprint>> truth;
  private final Map<Place, Map<String, Copy>> copies = new HashMap<>();
  private final Map<OperationId, Instant> storedAt = new HashMap<>();
  private final Set<InstallationId> left = new HashSet<>();
  private final Set<Place> removed = new HashSet<>();
  private final List<Place> places = new ArrayList<>();
  private final Map<Place, Read> lastEnds = new HashMap<>();
  private Instant changedAt = Instant.MIN;

  /** An object of an installation. */
  private record Place(InstallationId installation, String object) {}

  /** A record as the consumer has it; null if it was told as deleted. */
  private record Copy(Instant operationTime, @Nullable RecordFingerprint record) {}

  /** A read that was a success, and what it said. */
  private record Read(Operation operation, String result) {
    /** Returns whether every record that is gone was told. */
    boolean isClear() {
      return !result.contains("no longer listed") && !result.contains("deletions are not told");
    }
  }

  /**
   * @param calmFrom from when on nothing changes at Pinterest but by writes
   * @param givesUpAt until when a last read is waited for
   * @param truth returns the records of an object that are at Pinterest now, without counters
   */
  public NoMissedChange(
      Journal journal,
      InstantSource clock,
      Instant calmFrom,
      Instant givesUpAt,
      Function<String, Set<RecordFingerprint>> truth) {
    this.journal = journal;
    this.clock = clock;
    this.calmFrom = calmFrom;
    this.givesUpAt = givesUpAt;
    this.truth = truth;
  }

  @Override
  public void on(Event event) {
    switch (event) {
      case Event.CustomerStart customer ->
          customer
              .objects()
              .forEach(object -> places.add(new Place(customer.installation().id(), object)));
      case Event.AccountChange(InstallationId installation) -> left.add(installation);
      case Event.Uninstallation(InstallationId installation) -> left.add(installation);
      case Event.CustomerRemoval removal -> left.add(removal.installation().id());
      case Event.ObjectRemoval(InstallationId installation, String object) ->
          removed.add(new Place(installation, object));
      case Event.OperationStart(Operation operation) ->
          storedAt.put(operation.id(), clock.instant());
      case Event.PinMove _, Event.PinEdit _, Event.PinDeletion _, Event.WriteEffect _ ->
          changedAt = clock.instant();
      case Event.MessageReceipt receipt when receipt.notificationType().isEmpty() ->
          receive(receipt.body());
      case Event.OperationFinish(Operation operation, var end)
          when operation.work() instanceof Work.Read read
              && read.comparison() != null
              && end.success() ->
          lastEnds.put(
              new Place(operation.installation(), operation.objectName()),
              new Read(operation, end.result()));
      default -> {}
    }
  }

  private void receive(JsonNode message) {
    ReadableObject object = ReadCatalogue.get(message.path("rawObjectName").asText());
    var installation = new InstallationId(message.path("installationId").asText());
    Map<String, Copy> known =
        copies.computeIfAbsent(new Place(installation, object.name()), _ -> new HashMap<>());
    Instant time = Instant.parse(message.path("operationTime").asText());
    for (JsonNode entry : message.path("result")) {
      RecordFingerprint record = RecordFingerprint.withoutCounters(object, entry.path("raw"));
      Copy present = known.get(record.key());
      if (present == null || !present.operationTime().isAfter(time)) {
        known.put(record.key(), new Copy(time, isDeletion(entry) ? null : record));
      }
    }
  }

  static boolean isDeletion(JsonNode entry) {
    return entry.path("subscribeEventType").asText().equals("delete");
  }

  private boolean isUndisturbed(Read read) {
    Instant start = storedAt.getOrDefault(read.operation().id(), Instant.MIN);
    return start.isAfter(calmFrom) && start.isAfter(changedAt);
  }

  private boolean counts(Place place) {
    return !left.contains(place.installation()) && !removed.contains(place);
  }

  @Override
  public boolean settled() {
    return clock.instant().isAfter(givesUpAt)
        || places.stream()
            .filter(this::counts)
            .map(lastEnds::get)
            .allMatch(read -> read != null && isUndisturbed(read) && read.isClear());
  }

  @Override
  public void check() {
    lastEnds.forEach(
        (place, read) -> {
          if (counts(place) && isUndisturbed(read)) {
            check(place, read);
          }
        });
  }

  private void check(Place place, Read read) {
    Map<String, Copy> known = copies.getOrDefault(place, Map.of());
    Set<String> present = new HashSet<>();
    for (RecordFingerprint record : truth.apply(place.object())) {
      present.add(record.key());
      Copy copy = known.get(record.key());
      if (copy == null || !record.equals(copy.record())) {
        report(
            place,
            read,
            record.key(),
            copy == null ? "nothing" : "that of " + copy.operationTime());
      }
    }
    if (read.operation().read().tellsDeletions() && read.isClear()) {
      known.forEach(
          (key, copy) -> {
            if (copy.record() != null && !present.contains(key)) {
              report(place, read, key, "that of " + copy.operationTime() + ", though it is gone");
            }
          });
    }
  }

  private void report(Place place, Read read, String key, String copy) {
    journal.violation(
        "no-missed-change",
        "%s is a success, but of %s %s the consumer has %s"
            .formatted(read.operation().id(), place.object(), key, copy));
  }
}
