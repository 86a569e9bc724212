package io.pinferry.delivery;

import io.pinferry.base.Secret;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** Where messages go, looked up at each attempt (what is known may be up to 60 s old). */
public interface DeliveryTargets {
  /** Returns where this message goes now. */
  Target find(DeliveryMessage message);

  /** Where a message goes. */
  sealed interface Target {}

  /**
   * A webhook.
   *
   * @param signingKeys at least one
   * @param headers added to each request; their values are secret
   * @param failing whether it is noted as failing
   */
  record Webhook(URI url, List<Secret> signingKeys, Map<String, Secret> headers, boolean failing)
      implements Target {
    public Webhook {
      signingKeys = List.copyOf(signingKeys);
      headers = Map.copyOf(headers);
    }
  }

  /** Nothing is to be sent any more: the installation is gone. */
  record MissingInstallation() implements Target {}

  /**
   * The object whose records the message holds is paused, or no longer read. Its read has ended or
   * will, and the next one begins afresh, so the message is not needed later either.
   */
  record PausedObject() implements Target {}

  /**
   * There is no such destination, or it is disabled; one of that name may be made, or enabled,
   * again.
   */
  record MissingDestination(String reason) implements Target {}
}
