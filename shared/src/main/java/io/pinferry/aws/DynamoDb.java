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
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
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
 * The calls to DynamoDB that the stores need. Every read is strongly consistent, except of a global
 * index. A failed condition is a value. A temporary failure is {@link ProviderUnavailable}, after
 * the retries of the SDK. Conflicts of transactions are retried here, since the SDK does not retry
 * them.
 */
final class DynamoDb {
  /** The most writes of one transaction. */
  static final int TRANSACTION_WRITES_MAX = 100;

  private static final String NAME = "DynamoDB";
  private static final int BATCH_GET_MAX = 100;
  private static final int ATTEMPTS_MAX = 5;
  private static final Duration FIRST_WAIT = Duration.ofMillis(20);

  private final DynamoDbClient client;
  private final Tasks tasks;

  DynamoDb(DynamoDbClient client, Tasks tasks) {
    this.client = client;
    this.tasks = tasks;
  }

  /** The result of a conditional update. */
  sealed interface UpdateResult {
    /** It took effect. Has the new item. */
    record Success(Item after) implements UpdateResult {}

    /** The condition did not hold. Has the present item; null if there is none. */
    record Refusal(@Nullable Item found) implements UpdateResult {}
  }

  Optional<Item> get(String table, String pk, String sk) {
    return get(table, Item.key(pk, sk));
  }

  /** For a table without sort keys. */
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

  /** Returns the items that exist, in no order. */
  List<Item> getAll(String table, List<Map<String, AttributeValue>> keys) {
    return getAll(table, keys, null);
  }

  /**
   * Returns an attribute of the items that exist, in no order.
   *
   * @param only the name of the attribute; null for whole items
   */
  List<Item> getAll(String table, List<Map<String, AttributeValue>> keys, @Nullable String only) {
    List<Item> found = new ArrayList<>();
    for (int from = 0; from < keys.size(); from += BATCH_GET_MAX) {
      getBatch(
          table, keys.subList(from, Math.min(keys.size(), from + BATCH_GET_MAX)), only, found::add);
    }
    return found;
  }

  private void getBatch(
      String table,
      List<Map<String, AttributeValue>> keys,
      @Nullable String only,
      Consumer<Item> found) {
    List<Map<String, AttributeValue>> rest = keys;
    for (int attempt = 1; ; attempt++) {
      var wanted = KeysAndAttributes.builder().keys(rest).consistentRead(true);
      if (only != null) {
        wanted.projectionExpression("#" + only).expressionAttributeNames(Map.of("#" + only, only));
      }
      var asked = Map.of(table, wanted.build());
      var answer = calling(() -> client.batchGetItem(request -> request.requestItems(asked)));
      answer
          .responses()
          .getOrDefault(table, List.of())
          .forEach(item -> found.accept(Item.of(item)));
      KeysAndAttributes unprocessed = answer.unprocessedKeys().get(table);
      if (unprocessed == null) {
        return;
      }
      // Items over 16 MB stay unprocessed too, like throttled ones. So only an answer without
      // progress counts as an attempt.
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
   * Passes the items of a query on, page by page, until the receiver stops.
   *
   * @param more receives an item and returns whether it wants the next one
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

  /** Returns the first items of a query. */
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

  /** Returns all items of a query. */
  <T> List<T> queryAll(Query query, Function<Item, T> mapping) {
    return query(query, Integer.MAX_VALUE).stream().map(mapping).toList();
  }

  /** Deletes all items of a query, in several steps. */
  void deleteAll(String table, Query query) {
    List<TransactWriteItem> deletes =
        queryAll(query.keysOnly(), item -> new ItemWrite(table, item.key()).delete());
    for (int from = 0; from < deletes.size(); from += TRANSACTION_WRITES_MAX) {
      transact(deletes.subList(from, Math.min(deletes.size(), from + TRANSACTION_WRITES_MAX)));
    }
  }

  UpdateResult update(ItemWrite update) {
    var request = update.request();
    try {
      return new UpdateResult.Success(
          Item.of(calling(() -> client.updateItem(request).attributes())));
    } catch (ConditionalCheckFailedException refused) {
      return new UpdateResult.Refusal(
          refused.hasItem() && !refused.item().isEmpty() ? Item.of(refused.item()) : null);
    }
  }

  /** Returns the item after an update; empty if its condition did not hold. */
  Optional<Item> updated(ItemWrite update) {
    return switch (update(update)) {
      case UpdateResult.Success(Item after) -> Optional.of(after);
      case UpdateResult.Refusal _ -> Optional.empty();
    };
  }

  /** Puts an item unless it exists. */
  void putIfAbsent(String table, Item item) {
    PutItemRequest request =
        PutItemRequest.builder()
            .tableName(table)
            .item(item.attributes())
            .conditionExpression(ItemWrite.ABSENT)
            .expressionAttributeNames(ItemWrite.names(ItemWrite.ABSENT))
            .build();
    try {
      calling(() -> client.putItem(request));
    } catch (ConditionalCheckFailedException there) {
      // It exists already.
    }
  }

  /** Returns a part of a transaction that puts an item or replaces it. */
  static TransactWriteItem putInTransaction(String table, Item item) {
    return new ItemWrite(table, item.key()).put(item);
  }

  /** Returns a part of a transaction that puts an item; refused if it exists. */
  static TransactWriteItem putIfAbsentInTransaction(String table, Item item) {
    return new ItemWrite(table, item.key()).when(ItemWrite.ABSENT).put(item);
  }

  /**
   * Writes all or nothing. The SDK sends a token, so its retry of a successful transaction succeeds
   * too.
   *
   * @return the positions of the writes with a failed condition, in order; empty after success
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
              "DynamoDB cannot complete a transaction now: others are changing the same items",
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
   * Returns whether all reasons are temporary. Source:
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
          throw AwsFailures.unavailable(NAME, conflict);
        }
        waitAfter(attempt);
      } catch (TransactionInProgressException failure) {
        throw AwsFailures.unavailable(NAME, failure);
      } catch (SdkException failure) {
        throw AwsFailures.of(NAME, failure);
      }
    }
  }

  private void waitAfter(int attempt) {
    tasks.sleepUntil(tasks.now().plus(FIRST_WAIT.multipliedBy(1L << (attempt - 1))));
  }

  /** A query of one partition key. */
  static final class Query {
    private final String table;
    private final Map<String, AttributeValue> values = new HashMap<>();
    private final boolean consistent;
    private String condition;
    private @Nullable String index;
    private @Nullable String filter;
    private @Nullable String projection;
    private @Nullable Map<String, AttributeValue> start;
    private boolean descending;
    private @Nullable Integer pageSize;

    Query(String table, String pk) {
      this(table, Item.PK, pk, true);
    }

    private Query(String table, String attribute, String value, boolean consistent) {
      this.table = table;
      this.consistent = consistent;
      condition = "#" + attribute + " = :pk";
      values.put(":pk", Values.text(value));
    }

    /** A query of one key of a global index, which is not strongly consistent. */
    static Query ofGlobalIndex(String table, String name, String attribute, String value) {
      var query = new Query(table, attribute, value, false);
      query.index = name;
      return query;
    }

    /** Only sort keys with this prefix. */
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

    /** Only values of this sort attribute between these two, with both. */
    Query within(String attribute, String from, String to) {
      condition += " AND #" + attribute + " BETWEEN :from AND :to";
      values.put(":from", Values.text(from));
      values.put(":to", Values.text(to));
      return this;
    }

    /** Queries an index, ordered by an attribute; only values after this one. */
    Query indexed(String name, String attribute, @Nullable String after) {
      index = name;
      if (after != null) {
        condition += " AND #" + attribute + " > :after";
        values.put(":after", Values.text(after));
      }
      return this;
    }

    /** Starts after this key, which must match the condition but need not exist. */
    Query after(@Nullable Map<String, AttributeValue> key) {
      start = key;
      return this;
    }

    Query filter(String expression, String name, AttributeValue value) {
      filter = expression;
      values.put(":" + name, value);
      return this;
    }

    /** Returns only this attribute of the items. */
    Query only(String attribute) {
      projection = "#" + attribute;
      return this;
    }

    private Query keysOnly() {
      projection = "#" + Item.PK + ", #" + Item.SK;
      return this;
    }

    Query descending() {
      descending = true;
      return this;
    }

    private Query pageSize(int limit) {
      // With a filter, more items than the limit have to be read, so pages of 1 MB are better.
      pageSize = filter == null && limit != Integer.MAX_VALUE ? Integer.valueOf(limit) : null;
      return this;
    }

    private QueryRequest request(@Nullable Map<String, AttributeValue> from) {
      return QueryRequest.builder()
          .tableName(table)
          .indexName(index)
          .keyConditionExpression(condition)
          .filterExpression(filter)
          .projectionExpression(projection)
          .expressionAttributeNames(ItemWrite.names(condition, filter, projection))
          .expressionAttributeValues(values)
          .exclusiveStartKey(from)
          .scanIndexForward(!descending)
          .limit(pageSize)
          .consistentRead(consistent)
          .build();
    }
  }
}
