package io.pinferry.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.base.Tasks;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.PartitionId;
import io.pinferry.read.PartitionKey;
import io.pinferry.read.ReadQueue;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import software.amazon.awssdk.services.sqs.SqsClient;

/** The queue of partitions in SQS; a body is {@code {"operationId":…,"partitionId":…}}. */
public final class SqsReadQueue implements ReadQueue {
  private static final String OPERATION_ID = "operationId";
  private static final String PARTITION_ID = "partitionId";

  private final SqsSender sender;

  /**
   * Makes a sender.
   *
   * @param client asked for at the first sending, so that who sends nothing builds no client
   */
  public SqsReadQueue(Supplier<SqsClient> client, String queueUrl, Tasks tasks) {
    this.sender = new SqsSender(client, queueUrl, tasks);
  }

  @Override
  public void send(List<PartitionKey> partitions, Duration delay) {
    if (delay.isNegative() || delay.compareTo(DELAY_MAX) > 0) {
      throw new IllegalArgumentException("delay " + delay + " is not between 0 and 15 minutes");
    }
    sender.send(
        partitions.stream().map(SqsReadQueue::body).toList(),
        (int) delay.plusNanos(999_999_999).toSeconds());
  }

  private static String body(PartitionKey key) {
    return Json.text(
        Json.object()
            .put(OPERATION_ID, key.operation().value())
            .put(PARTITION_ID, key.partition().value()));
  }

  /**
   * Reads the body of a received message.
   *
   * @throws IOException if it is none of ours
   */
  public static PartitionKey partitionOf(String body) throws IOException {
    JsonNode message = Json.parse(body.getBytes(UTF_8));
    JsonNode operation = message.path(OPERATION_ID);
    JsonNode partition = message.path(PARTITION_ID);
    if (!operation.isTextual() || !partition.isTextual()) {
      throw new IOException("a read message needs " + OPERATION_ID + " and " + PARTITION_ID);
    }
    return new PartitionKey(
        new OperationId(operation.textValue()), new PartitionId(partition.textValue()));
  }
}
