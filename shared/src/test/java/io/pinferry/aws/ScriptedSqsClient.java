package io.pinferry.aws;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResponse;

/** Accepts every batch, but for the answers it was told to give first. */
final class ScriptedSqsClient implements SqsClient {
  private final Deque<Function<SendMessageBatchRequest, SendMessageBatchResponse>> script =
      new ArrayDeque<>();
  private final List<SendMessageBatchRequest> batches = new ArrayList<>();

  /** Answers the next batch so; a function may throw. */
  void answer(Function<SendMessageBatchRequest, SendMessageBatchResponse> answer) {
    script.add(answer);
  }

  List<SendMessageBatchRequest> batches() {
    return batches;
  }

  @Override
  public SendMessageBatchResponse sendMessageBatch(SendMessageBatchRequest request) {
    batches.add(request);
    return script.isEmpty()
        ? SendMessageBatchResponse.builder().failed(List.of()).build()
        : script.remove().apply(request);
  }

  @Override
  public String serviceName() {
    return "sqs";
  }

  @Override
  public void close() {}
}
