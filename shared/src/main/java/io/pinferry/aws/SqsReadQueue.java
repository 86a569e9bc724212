package io.pinferry.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.Codec;
import io.pinferry.base.Tasks;
import io.pinferry.directory.InstallationId;
import io.pinferry.read.PartitionKey;
import io.pinferry.read.ReadQueue;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import software.amazon.awssdk.services.sqs.SqsClient;

/** The queue of partitions in SQS; a body is a {@link PartitionKey}. */
public final class SqsReadQueue implements ReadQueue {
  private final SqsSender sender;

  /**
   * @param client called at the first send, so that a function that sends nothing builds no client
   */
  public SqsReadQueue(Supplier<SqsClient> client, String queueUrl, Tasks tasks) {
    this.sender = new SqsSender(client, queueUrl, tasks);
  }

  @Override
  public void send(InstallationId installation, List<PartitionKey> partitions, Duration delay) {
    if (delay.isNegative() || delay.compareTo(DELAY_MAX) > 0) {
      throw new IllegalArgumentException("delay " + delay + " is not between 0 and 15 minutes");
    }
    sender.send(
        partitions.stream()
            .map(key -> new SqsSender.Body(installation.value(), Codec.text(key)))
            .toList(),
        (int) delay.plusNanos(999_999_999).toSeconds());
  }

  /**
   * Reads the body of a received message.
   *
   * @throws IOException if it has another form
   */
  public static PartitionKey partitionOf(String body) throws IOException {
    return Codec.parse(PartitionKey.class, body.getBytes(UTF_8));
  }
}
