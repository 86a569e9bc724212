package io.pinferry.write;

import io.pinferry.operation.OperationId;

/** The queue of asynchronous writes. It delivers each at least once, in no order. */
public interface WriteQueue {
  /**
   * Sends an operation's id.
   *
   * @throws io.pinferry.base.PinferryException.ProviderUnavailable if it was not accepted
   */
  void send(OperationId operation);
}
