package io.pinferry.delivery;

import io.pinferry.base.PinferryException.ProviderUnavailable;
import java.util.ArrayList;
import java.util.List;

/** Keeps what is sent, of any size, unless it is told to refuse it. */
public final class RecordingDeliveryQueue implements DeliveryQueue {
  private final List<DeliveryMessage> sent = new ArrayList<>();
  private boolean accepts = true;

  /** Returns what was sent so far, and what will be. */
  public List<DeliveryMessage> sent() {
    return sent;
  }

  void accepts(boolean accepts) {
    this.accepts = accepts;
  }

  @Override
  public void send(List<DeliveryMessage> messages) {
    if (!accepts) {
      throw new ProviderUnavailable("the queue cannot answer now", null, null);
    }
    sent.addAll(messages);
  }

  @Override
  public boolean fits(DeliveryMessage message) {
    return true;
  }
}
