package io.pinferry.simulation.invariant;

import io.pinferry.assembly.InMemoryPorts;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.directory.Document;
import io.pinferry.directory.GroupRemoval;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationId;
import io.pinferry.operation.OperationId;
import io.pinferry.simulation.kernel.Journal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * removal: after the answer that a customer is removed, no message of the customer goes out, except
 * attempts that had begun and the notifications about the removal. After the time that the answer
 * names, nothing of the customer is stored but the note of the removal, and messages that wait for
 * an attempt and that no read counts any more: a page that was read again has others. The first is
 * checked whenever a destination takes a message, the second once at that time.
 */
public final class CompleteRemoval implements Invariant {
  /** Longer than an invocation of deliver lasts, even if it stands still. */
  private static final Duration ATTEMPT_MAX = Duration.ofSeconds(62);

  private static final int PAGE = 1_000;
  private static final DeadLetters.Filter ALL = new DeadLetters.Filter(null, null, Set.of());
  private static final Set<String> ABOUT_REMOVALS =
      Set.of("installation.deleted", "connection.deleted");

  private final Journal journal;
  private final InstantSource clock;
  private final InMemoryPorts stores;
  private final Map<OperationId, InstallationId> operations = new LinkedHashMap<>();
  private final Map<InstallationId, Removal> removals = new HashMap<>();

  private record Removal(Instant at, Installation installation, GroupRemoval note, boolean over) {
    Removal atItsEnd() {
      return new Removal(at, installation, note, true);
    }
  }

  public CompleteRemoval(Journal journal, InstantSource clock, InMemoryPorts stores) {
    this.journal = journal;
    this.clock = clock;
    this.stores = stores;
  }

  @Override
  public void on(Event event) {
    switch (event) {
      case Event.OperationStart(var operation) ->
          operations.put(operation.id(), operation.installation());
      case Event.CustomerRemoval(Installation installation, GroupRemoval note) ->
          removals.putIfAbsent(
              installation.id(), new Removal(clock.instant(), installation, note, false));
      case Event.CustomerRemovalEnd(InstallationId installation) ->
          removals.computeIfPresent(
              installation,
              (_, removal) -> {
                if (!removal.over()) {
                  check(removal);
                }
                return removal.atItsEnd();
              });
      case Event.MessageReceipt receipt when !ABOUT_REMOVALS.contains(receipt.notificationType()) ->
          checkSilence(receipt);
      default -> {}
    }
  }

  private void checkSilence(Event.MessageReceipt receipt) {
    String installation = receipt.data().path("installationId").asText();
    Removal removal = removals.get(new InstallationId(installation));
    if (removal != null && clock.instant().isAfter(removal.at().plus(ATTEMPT_MAX))) {
      violation("a message was sent long after the removal at " + removal.at());
    }
  }

  private void check(Removal removal) {
    Installation installation = removal.installation();
    InstallationId id = installation.id();
    List<Object> left = new ArrayList<>();
    for (String partition :
        List.of("PROJECT#" + installation.project().value(), "IDEMPOTENCY#" + id.value())) {
      stores.cloud().directory().list(partition, "", null, PAGE).stream()
          .filter(document -> !document.key().sort().startsWith("GROUP-REMOVAL#"))
          .filter(document -> isAbout(document, installation))
          .forEach(left::add);
    }
    removal.note().secrets().stream().filter(stores.secrets().names()::contains).forEach(left::add);
    left.addAll(stores.operations().placesOf(id, PAGE, null));
    operations.forEach(
        (operation, of) -> {
          if (of.equals(id)) {
            stores.operations().find(operation).ifPresent(left::add);
            left.addAll(stores.operations().logOf(operation, PAGE));
            left.addAll(stores.partitions().ofOperation(operation));
            left.addAll(stores.writes().recordsOf(operation));
            if (stores.cloud().fingerprints().operations().contains(operation)) {
              left.add("fingerprints of " + operation);
            }
          }
        });
    stores.deadLetters().list(installation.project(), ALL, PAGE, null).letters().stream()
        .filter(letter -> isOf(letter.content(), id))
        .forEach(left::add);
    if (!left.isEmpty()) {
      violation("%s was removed at %s, but %s stays".formatted(id, removal.at(), left));
    }
  }

  private static boolean isAbout(Document document, Installation installation) {
    String text = document.key() + document.json();
    return text.contains(installation.id().value())
        || text.contains(installation.connection().value());
  }

  private static boolean isOf(DeliveryMessage.Content content, InstallationId id) {
    return DeliveryMessage.installation(content)
        .filter(key -> key.installation().equals(id))
        .isPresent();
  }

  @Override
  public boolean settled() {
    return removals.values().stream().allMatch(Removal::over);
  }

  private void violation(String text) {
    journal.violation("removal", text);
  }
}
