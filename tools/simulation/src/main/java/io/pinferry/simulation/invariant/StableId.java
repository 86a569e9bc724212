package io.pinferry.simulation.invariant;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.Digest;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.simulation.kernel.Journal;
import java.util.HashMap;
import java.util.Map;

/**
 * stable-id: the same part of a page with the same records always has the same message id, and
 * nothing else ever has that id. Checked whenever a message is given to the delivery queue.
 */
public final class StableId implements Invariant {
  private final Journal journal;
  private final Map<String, String> idOfPart = new HashMap<>();
  private final Map<String, String> digestOfId = new HashMap<>();

  public StableId(Journal journal) {
    this.journal = journal;
  }

  @Override
  public void on(Event event) {
    if (event instanceof Event.MessageSend(DeliveryMessage message)) {
      String digest = Digest.of(new String(message.body(), UTF_8)).hex(12);
      // Two notifications may have the same content, so only their ids tell them apart.
      String part = message.receipt().map(Object::toString).orElseGet(message::id);
      String id = idOfPart.putIfAbsent(part, message.id());
      String otherDigest = digestOfId.putIfAbsent(message.id(), digest);
      if (id != null && !id.equals(message.id())) {
        violation(part + " was sent as " + id + " and as " + message.id());
      }
      if (otherDigest != null && !otherDigest.equals(digest)) {
        violation(message.id() + " was sent with two contents");
      }
    }
  }

  private void violation(String text) {
    journal.violation("stable-id", text);
  }
}
