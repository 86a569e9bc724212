package io.pinferry.assembly;

import io.pinferry.base.IdSource;
import io.pinferry.base.Log;
import io.pinferry.base.Tasks;
import io.pinferry.connection.RefreshLeaseStore;
import io.pinferry.connection.TokenPlaces;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.DeliveryAttempts;
import io.pinferry.delivery.DeliveryQueue;
import io.pinferry.delivery.ParkedMessages;
import io.pinferry.delivery.ResultStore;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.SecretStore;
import io.pinferry.limit.BudgetStore;
import io.pinferry.net.FileRelay;
import io.pinferry.net.HostNames;
import io.pinferry.net.HttpTransport;
import io.pinferry.operation.OperationStore;
import io.pinferry.read.FingerprintStore;
import io.pinferry.read.PartitionStore;
import io.pinferry.read.ReadQueue;
import io.pinferry.timer.TimerStore;
import io.pinferry.write.WriteQueue;
import io.pinferry.write.WriteStore;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The environment of the product. An assembly only calls the ports that its function uses, and may
 * call one more than once.
 */
public interface Ports {
  DirectoryStore directory();

  OperationStore operations();

  PartitionStore partitions();

  ResultStore results();

  FingerprintStore fingerprints();

  /** Returns the records of writes. */
  WriteStore writes();

  TimerStore timers();

  BudgetStore budgets();

  RefreshLeaseStore refreshLeases();

  ParkedMessages parkedMessages();

  DeadLetters deadLetters();

  DeliveryAttempts deliveryAttempts();

  SecretStore secrets();

  /** Returns the two stores of tokens, while tokens move from one to the other; else empty. */
  default Optional<TokenPlaces> tokenPlaces() {
    return Optional.empty();
  }

  ReadQueue readQueue();

  DeliveryQueue deliveryQueue();

  WriteQueue writeQueue();

  /** Returns the transport to Pinterest. */
  HttpTransport pinterest();

  /** Returns the transport to addresses that customers choose, such as webhooks. */
  HttpTransport web();

  FileRelay files();

  HostNames hosts();

  IdSource ids();

  RandomGenerator random();

  Tasks tasks();

  Log log();
}
