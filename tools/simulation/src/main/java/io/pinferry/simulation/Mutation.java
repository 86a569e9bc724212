package io.pinferry.simulation;

import io.pinferry.connection.RefreshLeaseStore;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.DeliveryQueue;
import io.pinferry.delivery.Receipts;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.SecretStore;
import io.pinferry.limit.BudgetStore;
import io.pinferry.net.HttpTransport;
import io.pinferry.operation.OperationStore;
import io.pinferry.read.PartitionStore;
import io.pinferry.read.ReadQueue;
import io.pinferry.write.WriteStore;

/**
 * A deliberate bug: a port that does not do what it promises, as if the engine had called it
 * wrongly. Shows that the invariants can fail. By itself it changes nothing.
 */
interface Mutation {
  /** No bug at all. */
  Mutation NONE = new Mutation() {};

  default DirectoryStore directory(DirectoryStore right) {
    return right;
  }

  default OperationStore operations(OperationStore right) {
    return right;
  }

  default PartitionStore partitions(PartitionStore right) {
    return right;
  }

  default ReadQueue readQueue(ReadQueue right) {
    return right;
  }

  default DeliveryQueue deliveryQueue(DeliveryQueue right) {
    return right;
  }

  default DeadLetters deadLetters(DeadLetters right) {
    return right;
  }

  default Receipts receipts(Receipts right) {
    return right;
  }

  default SecretStore secrets(SecretStore right) {
    return right;
  }

  default RefreshLeaseStore leases(RefreshLeaseStore right) {
    return right;
  }

  default BudgetStore budgets(BudgetStore right) {
    return right;
  }

  /** Of those that write. */
  default BudgetStore writeBudgets(BudgetStore right) {
    return right;
  }

  default WriteStore writes(WriteStore right) {
    return right;
  }

  default HttpTransport pinterest(HttpTransport right) {
    return right;
  }
}
