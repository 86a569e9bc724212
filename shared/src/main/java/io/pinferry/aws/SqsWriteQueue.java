package io.pinferry.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.Codec;
import io.pinferry.base.Tasks;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.write.WriteQueue;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import software.amazon.awssdk.services.sqs.SqsClient;

/** The queue of asynchronous writes in SQS; a body is {@code {"operation":…}}. */
public final class SqsWriteQueue implements WriteQueue {
  private record Body(OperationId operation) {}

  private final SqsSender sender;

  /**
   * @param client called at the first send, so that a function that sends nothing builds no client
   */
  public SqsWriteQueue(Supplier<SqsClient> client, String queueUrl, Tasks tasks) {
    this.sender = new SqsSender(client, queueUrl, tasks);
  }

  @Override
  public void send(Operation operation) {
    String installation = operation.installation().value();
    sender.send(List.of(new SqsSender.Body(installation, Codec.text(new Body(operation.id())))), 0);
  }

  /**
   * Reads the body of a received message.
   *
   * @throws IOException if it has another form
   */
  public static OperationId operationOf(String body) throws IOException {
    return Codec.parse(Body.class, body.getBytes(UTF_8)).operation();
  }
}
