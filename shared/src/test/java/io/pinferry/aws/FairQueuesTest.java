package io.pinferry.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.ManualClock;
import io.pinferry.base.SteppedTasks;
import io.pinferry.base.Tasks;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.DeliveryMessage.InstallationKey;
import io.pinferry.delivery.DeliveryMessage.Receipt;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProjectId;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationFixtures;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.Origin;
import io.pinferry.operation.PartitionId;
import io.pinferry.read.PartitionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/** Every message names a group, so that SQS can be fair. */
final class FairQueuesTest {
  private final ScriptedSqsClient client = new ScriptedSqsClient();
  private final Tasks tasks =
      new SteppedTasks(new ManualClock(Instant.parse("2026-03-01T12:00:00Z")));

  private List<String> groups() {
    return client.batches().stream()
        .flatMap(batch -> batch.entries().stream())
        .map(SendMessageBatchRequestEntry::messageGroupId)
        .toList();
  }

  private static PartitionKey partition(String operation, String id) {
    return new PartitionKey(new OperationId(operation), new PartitionId(id));
  }

  private static DeliveryMessage message(DeliveryMessage.Content content) {
    return new DeliveryMessage(
        "msg_1", new ProjectId("project-1"), content, "hook", "{}".getBytes(UTF_8));
  }

  @Test
  void readsAndWritesAreGroupedByInstallation() {
    new SqsReadQueue(() -> client, "https://queue", tasks)
        .send(
            new InstallationId("one"),
            List.of(partition("operation-1", "a"), partition("operation-2", "b")),
            Duration.ZERO);
    new SqsWriteQueue(() -> client, "https://queue", tasks)
        .send(
            Operation.started(
                new OperationId("operation-3"),
                new Origin(
                    new ProjectId("project-1"),
                    new IntegrationId("integration-1"),
                    new InstallationId("two"),
                    new ConnectionId("connection-1"),
                    "config-1"),
                OperationFixtures.write("boards", 1),
                tasks.now()));

    assertThat(groups()).containsExactly("one", "one", "two");
  }

  @Test
  void messagesAreGroupedByInstallationAndByProjectWithoutOne() {
    var key = new InstallationKey(new IntegrationId("integration-1"), new InstallationId("one"));
    var records =
        new DeliveryMessage.Records(
            key.integration(),
            key.installation(),
            "pins",
            new Receipt("operation-1", "partition-1", "1.0.abc"));
    new SqsDeliveryQueue(() -> client, "https://queue", tasks)
        .send(
            List.of(
                message(records),
                message(new DeliveryMessage.Notice(NotificationType.READ_SCHEDULE_PAUSED, key)),
                message(new DeliveryMessage.Notice(NotificationType.CONNECTION_CREATED, null))));

    assertThat(groups()).containsExactly("one", "one", "project-1");
  }
}
