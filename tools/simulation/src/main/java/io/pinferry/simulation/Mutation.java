package io.pinferry.simulation;

import io.pinferry.connection.RefreshLeaseStore;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.DeliveryQueue;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.SecretStore;
import io.pinferry.limit.BudgetStore;
import io.pinferry.net.HttpTransport;
import io.pinferry.operation.OperationStore;
import io.pinferry.read.FingerprintStore;
import io.pinferry.read.PartitionStore;
import io.pinferry.read.ReadQueue;
import io.pinferry.write.WriteStore;

/**
 * A deliberate bug: a port that breaks its promise, as if the engine had called it wrongly. A test
 * uses it to show that an invariant can fail. By default every port is correct.
 */
interface Mutation {
  /** No bug at all. */
  Mutation NONE = new Mutation() {};

  default DirectoryStore directory(DirectoryStore correct) {
    return correct;
  }

  default OperationStore operations(OperationStore correct) {
    return correct;
  }

  default PartitionStore partitions(PartitionStore correct) {
    return correct;
  }

  default FingerprintStore fingerprints(FingerprintStore correct) {
    return correct;
  }

  default ReadQueue readQueue(ReadQueue correct) {
    return correct;
  }

  default DeliveryQueue deliveryQueue(DeliveryQueue correct) {
    return correct;
  }

  default DeadLetters deadLetters(DeadLetters correct) {
    return correct;
  }

  default SecretStore secrets(SecretStore correct) {
    return correct;
  }

  /** Changes a store for the process that moves tokens. */
  default SecretStore movedSecrets(SecretStore correct) {
    return correct;
  }

  default RefreshLeaseStore refreshLeases(RefreshLeaseStore correct) {
    return correct;
  }

  default BudgetStore budgets(BudgetStore correct) {
    return correct;
  }

  /** Changes the budgets of the functions that write. */
  default BudgetStore writeBudgets(BudgetStore correct) {
    return correct;
  }

  default WriteStore writes(WriteStore correct) {
    return correct;
  }

  default HttpTransport pinterest(HttpTransport correct) {
    return correct;
  }
}
