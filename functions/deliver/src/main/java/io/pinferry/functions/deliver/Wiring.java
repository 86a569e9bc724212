package io.pinferry.functions.deliver;

import static io.pinferry.base.Field.field;

import io.pinferry.aws.AwsClients;
import io.pinferry.aws.DeliveryBatch;
import io.pinferry.aws.DynamoDbDeadLetters;
import io.pinferry.aws.DynamoDbDirectoryStore;
import io.pinferry.aws.DynamoDbParkedMessages;
import io.pinferry.aws.DynamoDbReadStore;
import io.pinferry.aws.SecretsManagerSecretStore;
import io.pinferry.aws.SqsMessageVisibility;
import io.pinferry.aws.SqsReadQueue;
import io.pinferry.base.LocalMode;
import io.pinferry.base.Log;
import io.pinferry.base.Tasks;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.delivery.Delivery;
import io.pinferry.delivery.DirectoryTargets;
import io.pinferry.delivery.DirectoryTroubles;
import io.pinferry.delivery.ResultLinks;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.net.GuardedHttpTransport;
import io.pinferry.read.ReadReceipts;
import io.pinferry.read.Settlement;
import java.time.Clock;

/** What the function is made of, built once per execution environment. */
final class Wiring {
  private final Settings settings;
  private final Clock clock = Clock.systemUTC();
  private final AwsClients aws;
  private final Tasks tasks = new VirtualThreadTasks(clock);
  private final Log log = Log.to(System.out::println, clock).with(field("function", "deliver"));
  private final ReadReceipts receipts;
  private final Delivery.Parts parts;

  Wiring(Settings settings) {
    this.settings = settings;
    this.aws = new AwsClients(settings.environment().variables());
    var directory = new DynamoDbDirectoryStore(aws.dynamoDb(), settings.directoryTable(), tasks);
    var reads =
        new DynamoDbReadStore(
            aws.dynamoDb(),
            new DynamoDbReadStore.Tables(
                settings.readsTable(), settings.directoryTable(), settings.timersTable()),
            tasks);
    this.receipts =
        new ReadReceipts(
            reads,
            new Settlement(reads, tasks, log),
            new SqsReadQueue(aws::sqs, settings.readQueueUrl(), tasks),
            clock);
    var destinations = new DestinationRepository(directory);
    this.parts =
        new Delivery.Parts(
            new DirectoryTargets(
                new InstallationRepository(directory),
                destinations,
                new SecretsManagerSecretStore(aws.secretsManager(), settings.secretPrefix()),
                clock),
            GuardedHttpTransport.of(LocalMode.of(settings.environment().variables())),
            receipts,
            new DynamoDbParkedMessages(
                aws.dynamoDb(), settings.readsTable(), settings.timersTable(), tasks),
            new DynamoDbDeadLetters(
                aws.dynamoDb(), settings.readsTable(), settings.timersTable(), tasks),
            new DirectoryTroubles(destinations, clock),
            Delivery.circuits(),
            new ResultLinks(settings.apiUrl()));
  }

  DeliveryBatch batch(String requestId) {
    Log scope = log.with(field("requestId", requestId));
    return new DeliveryBatch(
        new Delivery(parts, settings.retries(), clock, scope),
        receipts,
        new SqsMessageVisibility(aws::sqs, settings.deliveryQueueUrl()),
        tasks,
        scope);
  }
}
