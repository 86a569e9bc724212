package io.pinferry.aws;

import java.time.Duration;
import java.util.function.Supplier;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Changes the visibility timeout of messages in one queue. */
public final class SqsMessageVisibility implements MessageVisibility {
  private final Supplier<SqsClient> client;
  private final String queueUrl;

  /**
   * @param client called at the first change
   */
  public SqsMessageVisibility(Supplier<SqsClient> client, String queueUrl) {
    this.client = client;
    this.queueUrl = queueUrl;
  }

  @Override
  public void change(SqsBatch.Message message, Duration time) {
    if (time.isNegative() || time.compareTo(MAX) > 0) {
      throw new IllegalArgumentException("a message cannot be delayed for " + time);
    }
    int seconds = (int) time.plusNanos(999_999_999).toSeconds();
    AwsFailures.calling(
        "SQS",
        () ->
            client
                .get()
                .changeMessageVisibility(
                    request ->
                        request
                            .queueUrl(queueUrl)
                            .receiptHandle(message.receiptHandle())
                            .visibilityTimeout(seconds)));
  }
}
