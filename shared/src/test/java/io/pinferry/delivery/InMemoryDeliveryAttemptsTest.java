package io.pinferry.delivery;

import io.pinferry.operation.OperationStore;
import io.pinferry.read.InMemoryCloud;

final class InMemoryDeliveryAttemptsTest extends DeliveryAttemptsContract {
  private final InMemoryCloud cloud = new InMemoryCloud(() -> NOON);
  private final DeliveryAttempts attempts = new InMemoryDeliveryAttempts(cloud.operations());

  @Override
  protected DeliveryAttempts attempts() {
    return attempts;
  }

  @Override
  protected OperationStore operations() {
    return cloud.operations();
  }
}
