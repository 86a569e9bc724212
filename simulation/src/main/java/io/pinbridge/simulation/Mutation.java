package io.pinbridge.simulation;

import io.pinbridge.connection.RefreshLeaseStore;
import io.pinbridge.connection.SecretStore;
import io.pinbridge.delivery.DeadLetters;
import io.pinbridge.delivery.DeliveryQueue;
import io.pinbridge.delivery.Receipts;
import io.pinbridge.directory.DirectoryStore;
import io.pinbridge.limit.BudgetStore;
import io.pinbridge.net.HttpTransport;
import io.pinbridge.read.ReadQueue;
import io.pinbridge.read.ReadStore;
import io.pinbridge.write.WriteStore;

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

  default ReadStore reads(ReadStore right) {
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
