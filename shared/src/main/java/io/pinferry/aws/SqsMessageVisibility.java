package io.pinferry.aws;

import io.pinferry.base.PinferryException.ProviderUnavailable;
import java.time.Duration;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Changes the visibility timeout of messages of one queue. */
public final class SqsMessageVisibility implements MessageVisibility {
  private final Supplier<SqsClient> client;
  private final String queueUrl;

  /**
   * Makes one.
   *
   * @param client asked for at the first change
   */
  public SqsMessageVisibility(Supplier<SqsClient> client, String queueUrl) {
    this.client = client;
    this.queueUrl = queueUrl;
  }

  @Override
  public void change(SqsBatch.Message message, Duration time) {
    if (time.isNegative() || time.compareTo(MAX) > 0) {
      throw new IllegalArgumentException("a message cannot be put off for " + time);
    }
    int seconds = (int) time.plusNanos(999_999_999).toSeconds();
    try {
      client
          .get()
          .changeMessageVisibility(
              request ->
                  request
                      .queueUrl(queueUrl)
                      .receiptHandle(message.receiptHandle())
                      .visibilityTimeout(seconds));
    } catch (SdkException failure) {
      throw SqsSender.temporary(failure)
          ? new ProviderUnavailable("SQS cannot answer now: " + failure.getMessage(), null, failure)
          : failure;
    }
  }
}
