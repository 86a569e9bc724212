package io.pinferry.simulation.invariant;

import io.pinferry.operation.OperationId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The writes that products requested, and those that Pinterest did. Knows records by their traces.
 * The invariants about writes look things up here.
 */
public final class WriteLedger implements Listener {
  private final Map<OperationId, SimulatedWrite> writes = new HashMap<>();

  /** How many records have a trace. */
  private final Map<String, Integer> requests = new HashMap<>();

  /** The ids under which Pinterest carried out the requests for a record, by its trace. */
  private final Map<String, List<String>> effects = new HashMap<>();

  /** The media that hold the video of a record, by its mark. */
  private final Map<String, List<String>> media = new HashMap<>();

  private final Set<String> refused = new HashSet<>();
  private final Set<Integer> refusedRegistrations = new HashSet<>();
  private final Set<String> lost = new HashSet<>();
  private final Set<Integer> disturbed = new HashSet<>();
  private final Set<OperationId> handedOver = new HashSet<>();

  @Override
  public void on(Event event) {
    switch (event) {
      case Event.WriteRequest(SimulatedWrite write) ->
          write.records().forEach(record -> requests.merge(record.trace(), 1, Integer::sum));
      case Event.WriteOperation(OperationId operation, SimulatedWrite write) ->
          writes.put(operation, write);
      case Event.WriteHandover(OperationId operation) -> handedOver.add(operation);
      case Event.WriteDisturbance(int number) -> disturbed.add(number);
      case Event.WriteEffect(String trace, String id, _) ->
          effects.computeIfAbsent(trace, _ -> new ArrayList<>()).add(id);
      case Event.WriteRefusal(String trace) -> refused.add(trace);
      case Event.RegistrationRefusal(Set<Integer> numbers) -> refusedRegistrations.addAll(numbers);
      case Event.WriteLoss(String trace) -> lost.add(trace);
      case Event.Upload(String content, String medium) ->
          WriteTraces.markIn(content)
              .ifPresent(mark -> media.computeIfAbsent(mark, _ -> new ArrayList<>()).add(medium));
      // Once its owner has deleted a medium, it may be uploaded again.
      case Event.MediumLoss(String medium) -> media.values().forEach(all -> all.remove(medium));
      default -> {}
    }
  }

  /** Finds the write that an operation carries out. */
  public Optional<SimulatedWrite> find(OperationId operation) {
    return Optional.ofNullable(writes.get(operation));
  }

  /** Returns the operations that are known, each with its write. */
  Map<OperationId, SimulatedWrite> writes() {
    return writes;
  }

  /** Returns how many requested records have a trace. */
  int requestCount(String trace) {
    return requests.getOrDefault(trace, 0);
  }

  /** Returns the ids under which Pinterest carried out the requests for a record, in order. */
  List<String> effectsOf(String trace) {
    return effects.getOrDefault(trace, List.of());
  }

  /** Returns the media that hold the video of a record. */
  List<String> mediaOf(String mark) {
    return media.getOrDefault(mark, List.of());
  }

  /** Returns whether a video of a record was ever uploaded. */
  boolean wasUploaded(String mark) {
    return media.containsKey(mark);
  }

  /** Returns the ids of all that Pinterest has for a record. */
  List<String> present(SimulatedWrite write, int index) {
    String trace = write.trace(index);
    return write.isMedia() ? mediaOf(trace) : effectsOf(trace);
  }

  /** Returns the ids that were deleted below a path, in order. */
  public List<String> deleted(String path) {
    String trace = SimulatedWrite.deletion(path);
    return effects.keySet().stream()
        .filter(each -> each.startsWith(trace))
        .map(each -> each.substring(trace.length()))
        .sorted()
        .toList();
  }

  /** Returns whether Pinterest, or an edge before it, refused a request about a record. */
  boolean wasRefused(String trace) {
    return refused.contains(trace);
  }

  /** Returns whether the registration of a medium was refused while a process worked on a write. */
  boolean wasRegistrationRefused(SimulatedWrite write) {
    return refusedRegistrations.contains(write.number());
  }

  /** Returns whether an answer to a request about a record was lost. */
  boolean hasLostAnswer(String trace) {
    return lost.contains(trace);
  }

  /** Returns whether a process that worked on a write was disturbed, so outcomes may be unknown. */
  boolean wasDisturbed(SimulatedWrite write) {
    return disturbed.contains(write.number());
  }

  /** Returns whether the worker goes on with a synchronous write. */
  boolean wasHandedOver(SimulatedWrite write) {
    return writes.entrySet().stream()
        .anyMatch(
            entry ->
                entry.getValue().number() == write.number() && handedOver.contains(entry.getKey()));
  }
}
