package io.pinbridge.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinbridge.base.Tasks;
import io.pinbridge.delivery.DeliveryMessage;
import io.pinbridge.delivery.DeliveryQueue;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import software.amazon.awssdk.services.sqs.SqsClient;

/** The queue of messages to deliver in SQS. Large bodies are compressed. */
public final class SqsDeliveryQueue implements DeliveryQueue {
  private final SqsSender sender;

  /**
   * Makes a sender.
   *
   * @param client asked for at the first sending, so that who sends nothing builds no client
   */
  public SqsDeliveryQueue(Supplier<SqsClient> client, String queueUrl, Tasks tasks) {
    this.sender = new SqsSender(client, queueUrl, tasks);
  }

  @Override
  public void send(List<DeliveryMessage> messages) {
    sender.send(messages.stream().map(SqsDeliveryQueue::body).toList(), 0);
  }

  @Override
  public boolean fits(DeliveryMessage message) {
    return body(message).getBytes(UTF_8).length <= SqsSender.BATCH_BYTES_MAX;
  }

  private static String body(DeliveryMessage message) {
    return QueueBody.encode(message.toJson());
  }

  /**
   * Reads the body of a received message.
   *
   * @throws IOException if it is none of ours
   */
  public static DeliveryMessage messageOf(String body) throws IOException {
    return DeliveryMessage.fromJson(QueueBody.decode(body));
  }
}
