package io.pinferry.aws;

import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.Tasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;
import software.amazon.awssdk.services.dynamodb.model.TransactionInProgressException;

/**
 * The few calls to DynamoDB that the stores are made of. Every read is strongly consistent. A
 * condition that does not hold is a value; what may pass by itself is {@link ProviderUnavailable},
 * after the SDK's own repetitions and, where a transaction of another was in the way, a few of ours
 * (the SDK does not repeat those).
 */
final class DynamoDb {
  /** The most writes of one transaction. */
  static final int TRANSACTION_WRITES_MAX = 100;

  private static final int BATCH_GET_MAX = 100;
  private static final int ATTEMPTS_MAX = 5;
  private static final Duration FIRST_WAIT = Duration.ofMillis(20);

  private final DynamoDbClient client;
  private final Tasks tasks;

  DynamoDb(DynamoDbClient client, Tasks tasks) {
    this.client = client;
    this.tasks = tasks;
  }

  /** What became of a conditional update. */
  sealed interface Changed {
    /** It took effect; the item after it. */
    record Applied(Item after) implements Changed {}

    /** The condition did not hold; the item as it is, null if there is none. */
    record Refused(@Nullable Item found) implements Changed {}
  }

  Optional<Item> get(String table, String pk, String sk) {
    return get(table, Item.key(pk, sk));
  }

  /** Of a table without sort keys. */
  Optional<Item> get(String table, String pk) {
    return get(table, Map.of(Item.PK, Values.text(pk)));
  }

  private Optional<Item> get(String table, Map<String, AttributeValue> key) {
    Map<String, AttributeValue> item =
        calling(
            () ->
                client
                    .getItem(request -> request.tableName(table).key(key).consistentRead(true))
                    .item());
    return item.isEmpty() ? Optional.empty() : Optional.of(Item.of(item));
  }

  /** Returns those of the items that exist, in no order. */
  List<Item> getAll(String table, List<Map<String, AttributeValue>> keys) {
    List<Item> found = new ArrayList<>();
    for (int from = 0; from < keys.size(); from += BATCH_GET_MAX) {
      getBatch(table, keys.subList(from, Math.min(keys.size(), from + BATCH_GET_MAX)), found::add);
    }
    return found;
  }

  private void getBatch(
      String table, List<Map<String, AttributeValue>> keys, Consumer<Item> found) {
    List<Map<String, AttributeValue>> rest = keys;
    for (int attempt = 1; ; attempt++) {
      var asked =
          Map.of(table, KeysAndAttributes.builder().keys(rest).consistentRead(true).build());
      var answer = calling(() -> client.batchGetItem(request -> request.requestItems(asked)));
      answer
          .responses()
          .getOrDefault(table, List.of())
          .forEach(item -> found.accept(Item.of(item)));
      KeysAndAttributes unprocessed = answer.unprocessedKeys().get(table);
      if (unprocessed == null) {
        return;
      }
      // Whatever exceeds 16 MB stays unprocessed as well as what is throttled, so only an answer
      // without any progress counts as an attempt.
      if (unprocessed.keys().size() < rest.size()) {
        attempt = 0;
      } else if (attempt >= ATTEMPTS_MAX) {
        throw new ProviderUnavailable("DynamoDB does not return all items now", null, null);
      } else {
        waitAfter(attempt);
      }
      rest = unprocessed.keys();
    }
  }

  /**
   * Passes on the items that a query finds, page by page, until one is refused.
   *
   * @param more takes an item and says whether the next one is wanted
   */
  void query(Query query, Predicate<Item> more) {
    Map<String, AttributeValue> start = query.start;
    while (true) {
      QueryRequest request = query.request(start);
      QueryResponse page = calling(() -> client.query(request));
      for (Map<String, AttributeValue> item : page.items()) {
        if (!more.test(Item.of(item))) {
          return;
        }
      }
      if (!page.hasLastEvaluatedKey() || page.lastEvaluatedKey().isEmpty()) {
        return;
      }
      start = page.lastEvaluatedKey();
    }
  }

  /** Returns what a query finds, at most so many. */
  List<Item> query(Query query, int limit) {
    List<Item> found = new ArrayList<>();
    query(
        query.pageSize(limit),
        item -> {
          found.add(item);
          return found.size() < limit;
        });
    return found;
  }

  /** Returns everything that a query finds. */
  List<Item> queryAll(Query query) {
    return query(query, Integer.MAX_VALUE);
  }

  Changed update(ItemUpdate update) {
    var request = update.request();
    try {
      return new Changed.Applied(Item.of(calling(() -> client.updateItem(request).attributes())));
    } catch (ConditionalCheckFailedException refused) {
      return new Changed.Refused(
          refused.hasItem() && !refused.item().isEmpty() ? Item.of(refused.item()) : null);
    }
  }

  /** Returns the item after an update; empty if its condition did not hold. */
  Optional<Item> updated(ItemUpdate update) {
    return switch (update(update)) {
      case Changed.Applied(Item after) -> Optional.of(after);
      case Changed.Refused refused -> Optional.empty();
    };
  }

  /** Puts an item unless there is one. */
  void putIfAbsent(String table, Item item) {
    PutItemRequest request =
        PutItemRequest.builder()
            .tableName(table)
            .item(item.attributes())
            .conditionExpression("attribute_not_exists(pk)")
            .build();
    try {
      calling(() -> client.putItem(request));
    } catch (ConditionalCheckFailedException there) {
      // It is there, as wanted.
    }
  }

  /** Returns a part of a transaction that puts an item, whether there is one or not. */
  static TransactWriteItem putInTransaction(String table, Item item) {
    return TransactWriteItem.builder()
        .put(put -> put.tableName(table).item(item.attributes()))
        .build();
  }

  /** Returns a part of a transaction that puts an item; refused if there is one. */
  static TransactWriteItem putIfAbsentInTransaction(String table, Item item) {
    return TransactWriteItem.builder()
        .put(
            put ->
                put.tableName(table)
                    .item(item.attributes())
                    .conditionExpression("attribute_not_exists(pk)"))
        .build();
  }

  /**
   * Writes all or nothing. The SDK sends a token along, so its own repetition of a transaction that
   * took effect is answered as success.
   *
   * @return the positions of the writes whose condition did not hold, in order; empty if all took
   *     effect
   */
  List<Integer> transact(List<TransactWriteItem> writes) {
    if (writes.isEmpty()) {
      return List.of();
    }
    if (writes.size() > TRANSACTION_WRITES_MAX) {
      throw new IllegalArgumentException(
          writes.size() + " writes cannot take effect together, only " + TRANSACTION_WRITES_MAX);
    }
    for (int attempt = 1; ; attempt++) {
      try {
        calling(() -> client.transactWriteItems(request -> request.transactItems(writes)));
        return List.of();
      } catch (TransactionCanceledException cancelled) {
        List<Integer> refused = refused(cancelled);
        if (!refused.isEmpty()) {
          return refused;
        }
        if (!passing(cancelled)) {
          throw cancelled;
        }
        if (attempt >= ATTEMPTS_MAX) {
          throw new ProviderUnavailable(
              "DynamoDB cannot complete a transaction now: others change the same items",
              null,
              cancelled);
        }
        waitAfter(attempt);
      }
    }
  }

  private static List<Integer> refused(TransactionCanceledException cancelled) {
    List<CancellationReason> reasons = cancelled.cancellationReasons();
    List<Integer> refused = new ArrayList<>();
    for (int i = 0; i < reasons.size(); i++) {
      if ("ConditionalCheckFailed".equals(reasons.get(i).code())) {
        refused.add(i);
      }
    }
    return refused;
  }

  /**
   * Returns whether every reason passes by itself. Source:
   * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
   */
  private static boolean passing(TransactionCanceledException cancelled) {
    return cancelled.cancellationReasons().stream()
        .map(reason -> reason.code() == null ? "None" : reason.code())
        .allMatch(
            code ->
                switch (code) {
                  case "None",
                      "TransactionConflict",
                      "ProvisionedThroughputExceeded",
                      "ThrottlingError" ->
                      true;
                  default -> false;
                });
  }

  private <T> T calling(Supplier<T> call) {
    for (int attempt = 1; ; attempt++) {
      try {
        return call.get();
      } catch (TransactionConflictException conflict) {
        if (attempt >= ATTEMPTS_MAX) {
          throw unavailable(conflict);
        }
        waitAfter(attempt);
      } catch (ConditionalCheckFailedException | TransactionCanceledException refused) {
        throw refused;
      } catch (SdkException failure) {
        throw temporary(failure) ? unavailable(failure) : failure;
      }
    }
  }

  private static boolean temporary(SdkException failure) {
    return failure instanceof SdkClientException
        || failure instanceof TransactionInProgressException
        || (failure instanceof SdkServiceException service
            && (service.isThrottlingException() || service.statusCode() >= 500));
  }

  private static ProviderUnavailable unavailable(SdkException failure) {
    return new ProviderUnavailable(
        "DynamoDB cannot answer now: " + failure.getMessage(), null, failure);
  }

  private void waitAfter(int attempt) {
    tasks.sleepUntil(tasks.now().plus(FIRST_WAIT.multipliedBy(1L << (attempt - 1))));
  }

  /** A query of one partition key. */
  static final class Query {
    private final String table;
    private final Map<String, AttributeValue> values = new HashMap<>();
    private String condition = "#pk = :pk";
    private @Nullable String index;
    private @Nullable String filter;
    private @Nullable Map<String, AttributeValue> start;
    private boolean descending;
    private @Nullable Integer pageSize;

    Query(String table, String pk) {
      this.table = table;
      values.put(":pk", Values.text(pk));
    }

    /** Only sort keys that begin so. */
    Query beginning(String prefix) {
      if (!prefix.isEmpty()) {
        condition += " AND begins_with(#sk, :prefix)";
        values.put(":prefix", Values.text(prefix));
      }
      return this;
    }

    /** Only sort keys before this one. */
    Query before(String sk) {
      condition += " AND #sk < :before";
      values.put(":before", Values.text(sk));
      return this;
    }

    /** Asks an index, in the order of one of its attributes; only values after this one. */
    Query indexed(String name, String attribute, @Nullable String after) {
      index = name;
      if (after != null) {
        condition += " AND #" + attribute + " > :after";
        values.put(":after", Values.text(after));
      }
      return this;
    }

    /** Begins after this item, which must be within the condition but need not exist. */
    Query after(@Nullable Map<String, AttributeValue> key) {
      start = key;
      return this;
    }

    Query filter(String expression, String name, AttributeValue value) {
      filter = expression;
      values.put(":" + name, value);
      return this;
    }

    Query descending() {
      descending = true;
      return this;
    }

    private Query pageSize(int limit) {
      // Without a filter the limit is what has to be read; with one, or without a limit, DynamoDB
      // fills its pages of 1 MB.
      pageSize = filter == null && limit != Integer.MAX_VALUE ? Integer.valueOf(limit) : null;
      return this;
    }

    private QueryRequest request(@Nullable Map<String, AttributeValue> from) {
      return QueryRequest.builder()
          .tableName(table)
          .indexName(index)
          .keyConditionExpression(condition)
          .filterExpression(filter)
          .expressionAttributeNames(ItemUpdate.names(condition, filter))
          .expressionAttributeValues(values)
          .exclusiveStartKey(from)
          .scanIndexForward(!descending)
          .limit(pageSize)
          .consistentRead(true)
          .build();
    }
  }
}
