package io.pinferry.aws;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/**
 * Gives the answers it was told to, then accepts everything: for what DynamoDB Local never does, a
 * conflict of transactions first of all.
 */
final class ScriptedDynamoDbClient implements DynamoDbClient {
  private final Deque<Supplier<? extends DynamoDbResponse>> script = new ArrayDeque<>();
  private final List<DynamoDbRequest> requests = new ArrayList<>();

  /** Answers the next request so. */
  void answer(DynamoDbResponse response) {
    script.add(() -> response);
  }

  /** Fails the next request so. */
  void fail(RuntimeException failure) {
    script.add(
        () -> {
          throw failure;
        });
  }

  List<DynamoDbRequest> requests() {
    return requests;
  }

  @Override
  public UpdateItemResponse updateItem(UpdateItemRequest request) {
    return next(
        UpdateItemResponse.class,
        request,
        UpdateItemResponse.builder().attributes(Map.of()).build());
  }

  @Override
  public TransactWriteItemsResponse transactWriteItems(TransactWriteItemsRequest request) {
    return next(
        TransactWriteItemsResponse.class, request, TransactWriteItemsResponse.builder().build());
  }

  @Override
  public BatchGetItemResponse batchGetItem(BatchGetItemRequest request) {
    return next(
        BatchGetItemResponse.class,
        request,
        BatchGetItemResponse.builder().responses(Map.of()).unprocessedKeys(Map.of()).build());
  }

  private <R extends DynamoDbResponse> R next(Class<R> type, DynamoDbRequest request, R otherwise) {
    requests.add(request);
    return script.isEmpty() ? otherwise : type.cast(script.remove().get());
  }

  @Override
  public String serviceName() {
    return "dynamodb";
  }

  @Override
  public void close() {}
}
