package io.pinferry.write;

import io.pinferry.operation.Operation;

/** The queue of asynchronous writes. It delivers each at least once, in no order. */
public interface WriteQueue {
  /**
   * Sends an operation's id. The queue is fair: each installation gets its turn.
   *
   * @throws io.pinferry.base.PinferryException.ProviderUnavailable if it was not accepted
   */
  void send(Operation operation);
}
