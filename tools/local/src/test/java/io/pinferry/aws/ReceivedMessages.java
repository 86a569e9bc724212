package io.pinferry.aws;

import io.pinferry.local.cloud.EmbeddedParts;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/** Takes messages out of a queue of the embedded SQS. */
final class ReceivedMessages {
  private ReceivedMessages() {}

  /** Receives what is visible now and deletes it. */
  static List<String> takeAll(String queueUrl) {
    List<String> bodies = new ArrayList<>();
    List<Message> some = receive(queueUrl);
    while (!some.isEmpty()) {
      for (Message message : some) {
        bodies.add(message.body());
        EmbeddedParts.sqs()
            .deleteMessage(
                request -> request.queueUrl(queueUrl).receiptHandle(message.receiptHandle()));
      }
      some = receive(queueUrl);
    }
    return bodies;
  }

  /** Receives at most ten messages that are visible now. */
  static List<Message> receive(String queueUrl) {
    return EmbeddedParts.sqs()
        .receiveMessage(
            request ->
                request
                    .queueUrl(queueUrl)
                    .maxNumberOfMessages(10)
                    .messageSystemAttributeNames(MessageSystemAttributeName.ALL))
        .messages();
  }
}
