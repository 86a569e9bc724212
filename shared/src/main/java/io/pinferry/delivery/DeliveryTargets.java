package io.pinferry.delivery;

import io.pinferry.base.Secret;
import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * Finds the targets of messages, at each attempt. An answer may be up to 60 s old; that the
 * installation is there, up to 5 s.
 */
public interface DeliveryTargets {

  Target find(DeliveryMessage message);

  /** Returns whether the installation of a message is gone. The answer is up to date. */
  default boolean isGone(DeliveryMessage message) {
    return find(message) instanceof MissingInstallation;
  }

  /** The target of a message, or the reason why there is none. */
  sealed interface Target {}

  /**
   * A webhook.
   *
   * @param signingKeys at least one
   * @param headers extra headers of each request; their values are secret
   * @param failing whether the destination is stored as failing
   */
  record Webhook(URI url, List<Secret> signingKeys, Map<String, Secret> headers, boolean failing)
      implements Target {
    public Webhook {
      signingKeys = List.copyOf(signingKeys);
      headers = Map.copyOf(headers);
    }
  }

  /** The installation does not exist any more. The message is not sent. */
  record MissingInstallation() implements Target {}

  /**
   * The object of the records is paused, or no longer read. Its read ends, and the next one starts
   * from the beginning, so the message is not needed later.
   */
  record PausedObject() implements Target {}

  /** The destination does not exist, or is disabled. A later attempt may find one of that name. */
  record MissingDestination(String reason) implements Target {}
}
