package io.pinferry.simulation.invariant;

import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.simulation.kernel.Journal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * redelivery: in a world where people send dead letters again, every message that the delivery
 * queue accepted arrives, even if its read failed. Messages of a removed installation or of an
 * object that was removed from a config are exceptions. Checked at the end.
 */
public final class Redelivery implements Invariant {
  private final Journal journal;
  private final DirectoryStore directory;
  private final Map<String, DeliveryMessage> sent = new HashMap<>();
  private final Set<String> received = new HashSet<>();

  /** Objects that were taken out of a config once; their messages may have been dropped. */
  private final Set<String> removedObjects = new HashSet<>();

  public Redelivery(Journal journal, DirectoryStore directory) {
    this.journal = journal;
    this.directory = directory;
  }

  @Override
  public void on(Event event) {
    switch (event) {
      case Event.MessageSend(DeliveryMessage message) -> sent.put(message.id(), message);
      case Event.MessageReceipt receipt -> received.add(receipt.messageId());
      case Event.ObjectRemoval(var installation, String object) ->
          removedObjects.add(installation + "/" + object);
      default -> {}
    }
  }

  @Override
  public boolean settled() {
    return sent.values().stream().allMatch(this::settled);
  }

  @Override
  public void check() {
    sent.values().stream()
        .filter(message -> !settled(message))
        .forEach(
            message ->
                journal.violation(
                    "redelivery", message + " was given to the queue and never arrived"));
  }

  private boolean settled(DeliveryMessage message) {
    return received.contains(message.id()) || mayBeDropped(message);
  }

  private boolean mayBeDropped(DeliveryMessage message) {
    return DeliveryMessage.installation(message.content())
        .filter(
            in ->
                new InstallationRepository(directory)
                        .find(message.project(), in.integration(), in.installation())
                        .isEmpty()
                    || (message.content() instanceof DeliveryMessage.Records records
                        && removedObjects.contains(in.installation() + "/" + records.objectName())))
        .isPresent();
  }
}
