package io.pinferry.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.Tasks;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.DeliveryQueue;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Supplier;
import software.amazon.awssdk.services.sqs.SqsClient;

/** The queue of messages to deliver in SQS. Large bodies are compressed. */
public final class SqsDeliveryQueue implements DeliveryQueue {
  private final SqsSender sender;

  /**
   * The bodies of messages that fit and are not sent yet. They are kept because compression is most
   * of the work. Keys are weak, so a dropped message drops its body.
   */
  private final Map<DeliveryMessage, String> fitting =
      Collections.synchronizedMap(new WeakHashMap<>());

  /**
   * @param client called at the first send, so that a function that sends nothing builds no client
   */
  public SqsDeliveryQueue(Supplier<SqsClient> client, String queueUrl, Tasks tasks) {
    this.sender = new SqsSender(client, queueUrl, tasks);
  }

  @Override
  public void send(List<DeliveryMessage> messages) {
    sender.send(
        messages.stream().map(one -> new SqsSender.Body(one.turn(), body(one))).toList(), 0);
  }

  @Override
  public boolean fits(DeliveryMessage message) {
    String body = QueueBody.encode(message.toJson());
    if (body.getBytes(UTF_8).length > SqsSender.BATCH_BYTES_MAX) {
      return false;
    }
    fitting.put(message, body);
    return true;
  }

  private String body(DeliveryMessage message) {
    String body = fitting.remove(message);
    return body == null ? QueueBody.encode(message.toJson()) : body;
  }

  /**
   * Reads the body of a received message.
   *
   * @throws IOException if it has another form
   */
  public static DeliveryMessage messageOf(String body) throws IOException {
    return DeliveryMessage.fromJson(QueueBody.decode(body));
  }
}
