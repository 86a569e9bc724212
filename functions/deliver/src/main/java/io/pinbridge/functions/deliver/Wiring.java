package io.pinbridge.functions.deliver;

import static io.pinbridge.base.Field.field;

import io.pinbridge.aws.AwsClients;
import io.pinbridge.aws.DeliveryBatch;
import io.pinbridge.aws.DynamoDbDeadLetters;
import io.pinbridge.aws.DynamoDbDirectoryStore;
import io.pinbridge.aws.DynamoDbParkedMessages;
import io.pinbridge.aws.DynamoDbReadStore;
import io.pinbridge.aws.SecretsManagerSecretStore;
import io.pinbridge.aws.SqsMessageVisibility;
import io.pinbridge.aws.SqsReadQueue;
import io.pinbridge.base.LocalMode;
import io.pinbridge.base.Log;
import io.pinbridge.base.Tasks;
import io.pinbridge.base.VirtualThreadTasks;
import io.pinbridge.delivery.Delivery;
import io.pinbridge.delivery.DirectoryTargets;
import io.pinbridge.delivery.DirectoryTroubles;
import io.pinbridge.delivery.ResultLinks;
import io.pinbridge.directory.DestinationRepository;
import io.pinbridge.directory.InstallationRepository;
import io.pinbridge.net.GuardedHttpTransport;
import io.pinbridge.read.ReadReceipts;
import io.pinbridge.read.Settlement;
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
