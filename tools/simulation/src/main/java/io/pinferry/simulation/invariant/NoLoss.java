package io.pinferry.simulation.invariant;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.directory.InstallationId;
import io.pinferry.local.demo.RecordFingerprint;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationEnd;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.Work;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.simulation.kernel.FaultPlan;
import io.pinferry.simulation.kernel.Journal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * no-loss: when a read is a success, every record that was at Pinterest the whole time was
 * delivered before, with its content. Checked at the end: of each successful read, the records that
 * were there both at the beginning and at the end of the run must have arrived. Without faults, no
 * read may fail.
 */
public final class NoLoss implements Invariant {
  /** Changes of Pinterest's data that may be undone later. */
  private static final List<String> CHANGES =
      List.of("records added", "records deleted", "pin moved");

  private final Journal journal;
  private final InstantSource clock;
  private final FaultPlan faults;
  private final Function<String, Set<RecordFingerprint>> truth;
  private final Map<String, Set<RecordFingerprint>> atBeginning = new HashMap<>();
  private final List<Read> reads = new ArrayList<>();
  private final Map<String, Set<RecordFingerprint>> received = new HashMap<>();

  /** The record that arrived last, by installation and object, and by key. */
  private final Map<String, Map<String, RecordFingerprint>> newest = new HashMap<>();

  private final Set<String> movedPins = new HashSet<>();
  private boolean writes;

  /** Since when installations may read an account whose records are not known here. */
  private final Map<InstallationId, Instant> otherAccountSince = new HashMap<>();

  /** When each read was stored. Its own time is that of a process, whose clock may differ. */
  private final Map<OperationId, Instant> storedAt = new HashMap<>();

  /**
   * A read that has ended.
   *
   * @param received the records that had arrived by then; of a read of changes also those that had
   *     arrived before and were not replaced
   */
  private record Read(Operation operation, OperationEnd end, Set<RecordFingerprint> received) {}

  /**
   * @param truth returns the records of an object that are at Pinterest now
   */
  public NoLoss(
      Journal journal,
      InstantSource clock,
      FaultPlan faults,
      Function<String, Set<RecordFingerprint>> truth) {
    this.journal = journal;
    this.clock = clock;
    this.faults = faults;
    this.truth = truth;
  }

  @Override
  public void on(Event event) {
    switch (event) {
      case Event.CustomerStart customer ->
          customer.objects().forEach(object -> atBeginning.computeIfAbsent(object, truth));
      case Event.AccountChange(InstallationId installation) ->
          otherAccountSince.putIfAbsent(installation, clock.instant());
      case Event.OperationStart(Operation operation) ->
          storedAt.put(operation.id(), clock.instant());
      case Event.PinMove(String pin) -> movedPins.add(pin);
      case Event.WriteRequest _ -> writes = true;
      case Event.MessageReceipt receipt when receipt.notificationType().isEmpty() ->
          receive(receipt.body());
      case Event.OperationFinish(Operation operation, OperationEnd end)
          when operation.work() instanceof Work.Read ->
          reads.add(new Read(operation, end, Set.copyOf(known(operation))));
      default -> {}
    }
  }

  private Set<RecordFingerprint> known(Operation operation) {
    Set<RecordFingerprint> known = new HashSet<>(receivedOf(operation.id().value()));
    if (operation.read().comparison() != null) {
      known.addAll(
          newest
              .getOrDefault(
                  operation.installation().value() + "/" + operation.objectName(), Map.of())
              .values());
    }
    return known;
  }

  private Set<RecordFingerprint> receivedOf(String operation) {
    return received.computeIfAbsent(operation, _ -> new HashSet<>());
  }

  private void receive(JsonNode message) {
    var object = ReadCatalogue.get(message.path("rawObjectName").asText());
    Set<RecordFingerprint> records = receivedOf(message.path("operationId").asText());
    Map<String, RecordFingerprint> copies =
        newest.computeIfAbsent(
            message.path("installationId").asText() + "/" + object.name(), _ -> new HashMap<>());
    for (JsonNode entry : message.path("result")) {
      RecordFingerprint record = RecordFingerprint.of(object, entry.path("raw"));
      records.add(record);
      copies.put(record.key(), record);
    }
  }

  @Override
  public void check() {
    Map<String, Set<RecordFingerprint>> atEnd = new HashMap<>();
    for (Read read : reads) {
      if (read.end().success()) {
        String object = read.operation().objectName();
        check(read, atEnd.computeIfAbsent(object, truth));
      } else if (faults.calm() && !isStopped(read.end().result())) {
        violation("a read failed without any fault: " + read.end().result());
      }
    }
  }

  private static boolean isStopped(String result) {
    return result.contains("uninstalled") || result.contains("taken out of the installation");
  }

  private void check(Read read, Set<RecordFingerprint> atEnd) {
    Operation operation = read.operation();
    Instant otherAccount = otherAccountSince.get(operation.installation());
    if (otherAccount != null
        && !Objects.requireNonNull(storedAt.get(operation.id())).isBefore(otherAccount)) {
      // The records of the other account are not known. A read of the old account fails by itself.
      return;
    }
    // Nothing comes back once it is gone, so these records were there the whole time.
    Set<RecordFingerprint> missing =
        new HashSet<>(atBeginning.getOrDefault(operation.objectName(), Set.of()));
    missing.retainAll(atEnd);
    missing.removeAll(read.received());
    missing.removeIf(record -> movedPins.contains(record.key()));
    if (writes || CHANGES.stream().anyMatch(faults.counts()::containsKey)) {
      // A board that wins and loses a pin looks as before, but may have arrived with that pin.
      Set<String> keys =
          read.received().stream().map(RecordFingerprint::key).collect(Collectors.toSet());
      missing.removeIf(record -> keys.contains(record.key()));
    }
    if (!missing.isEmpty()) {
      violation(
          "%d %s are missing from operation %s, which is a success, e.g. %s"
              .formatted(
                  missing.size(),
                  operation.objectName(),
                  operation.id(),
                  missing.iterator().next()));
    }
  }

  private void violation(String text) {
    journal.violation("no-loss", text);
  }
}
