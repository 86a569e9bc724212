package io.pinferry.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.directory.InstallationId;
import io.pinferry.local.cloud.EmbeddedParts;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.PartitionId;
import io.pinferry.read.PartitionKey;
import io.pinferry.read.ReadQueue;
import io.pinferry.read.ReadQueueContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;
import software.amazon.awssdk.services.sqs.model.SqsException;

final class SqsReadQueueComponentTest extends ReadQueueContract {
  private final String queueUrl = EmbeddedParts.queue("read", 3_600);
  private final ReadQueue queue = queue(queueUrl);

  @Override
  protected ReadQueue queue() {
    return queue;
  }

  @Override
  protected List<PartitionKey> receive() {
    return ReceivedMessages.takeAll(queueUrl).stream()
        .map(SqsReadQueueComponentTest::parsed)
        .toList();
  }

  @Override
  protected InstantSource clock() {
    return InstantSource.system();
  }

  @Override
  protected void pass(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aQueueThatDoesNotExistIsNoPassingTrouble() {
    var key = new PartitionKey(new OperationId("o"), new PartitionId("p"));

    assertThatThrownBy(
            () ->
                queue(queueUrl + "-absent")
                    .send(new InstallationId("i"), List.of(key), Duration.ZERO))
        .isInstanceOf(absentQueue())
        .hasMessageContaining("queue does not exist");
  }

  @Test
  void aBodyNamesOperationAndPartition() throws IOException {
    assertThat(SqsReadQueue.partitionOf("{\"operation\":\"o\",\"partition\":\"p\",\"x\":1}"))
        .isEqualTo(new PartitionKey(new OperationId("o"), new PartitionId("p")));
    for (String body : List.of("", "{}", "[]", "{\"operation\":1,\"partition\":\"p\"}", "x")) {
      assertThatThrownBy(() -> SqsReadQueue.partitionOf(body))
          .as(body)
          .isInstanceOf(IOException.class);
    }
  }

  /** moto names the type in a header, which the SDK does not understand. */
  private static Class<? extends SqsException> absentQueue() {
    return EmbeddedParts.replaced() ? SqsException.class : QueueDoesNotExistException.class;
  }

  private static ReadQueue queue(String url) {
    return new SqsReadQueue(EmbeddedParts::sqs, url, new VirtualThreadTasks(Clock.systemUTC()));
  }

  private static PartitionKey parsed(String body) {
    try {
      return SqsReadQueue.partitionOf(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
