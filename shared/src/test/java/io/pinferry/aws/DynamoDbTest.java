package io.pinferry.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.SteppedTasks;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.PartitionId;
import io.pinferry.read.Cursor;
import io.pinferry.read.PartitionKey;
import io.pinferry.read.PartitionStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/** Cases that DynamoDB Local does not produce: conflicts, throttling, failures, partial answers. */
final class DynamoDbTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final PartitionKey KEY =
      new PartitionKey(new OperationId("operation"), PartitionId.of("boards", Map.of()));

  private final ManualClock clock = new ManualClock(NOON);
  private final SteppedTasks tasks = new SteppedTasks(clock);
  private final ScriptedDynamoDbClient client = new ScriptedDynamoDbClient();
  private final DynamoDb dynamoDb = new DynamoDb(client, tasks);

  @Test
  void aTransactionInTheWayIsWaitedFor() {
    client.fail(cancelled("None", "TransactionConflict"));
    client.fail(cancelled("ThrottlingError", "None"));

    assertThat(dynamoDb.transact(writes(2))).isEmpty();

    assertThat(client.requests()).hasSize(3);
    assertThat(clock.instant()).isEqualTo(NOON.plusMillis(60));
  }

  @Test
  void aTransactionThatIsAlwaysInTheWayIsReported() {
    for (int i = 0; i < 5; i++) {
      client.fail(cancelled("TransactionConflict", "None"));
    }

    assertThatThrownBy(() -> dynamoDb.transact(writes(2)))
        .isInstanceOf(ProviderUnavailable.class)
        .hasCauseInstanceOf(TransactionCanceledException.class);
    assertThat(client.requests()).hasSize(5);
  }

  @Test
  void aConditionThatDoesNotHoldIsToldEvenBesideAConflict() {
    client.fail(cancelled("TransactionConflict", "ConditionalCheckFailed", "None"));

    assertThat(dynamoDb.transact(writes(3))).containsExactly(1);
    assertThat(client.requests()).hasSize(1);
  }

  @Test
  void anImpossibleTransactionIsABug() {
    client.fail(cancelled("None", "ValidationError", "TransactionConflict"));

    assertThatThrownBy(() -> dynamoDb.transact(writes(3)))
        .isInstanceOf(TransactionCanceledException.class);
    assertThat(client.requests()).hasSize(1);
  }

  @Test
  void aHundredAndOneWritesAreNotSent() {
    assertThatThrownBy(() -> dynamoDb.transact(writes(101)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(dynamoDb.transact(List.of())).isEmpty();
    assertThat(client.requests()).isEmpty();
  }

  @Test
  void anUpdateWaitsForATransactionToo() {
    client.fail(conflict());
    client.fail(conflict());

    assertThat(dynamoDb.updated(update())).isPresent();
    assertThat(client.requests()).hasSize(3);

    for (int i = 0; i < 5; i++) {
      client.fail(conflict());
    }
    assertThatThrownBy(() -> dynamoDb.updated(update())).isInstanceOf(ProviderUnavailable.class);
  }

  @Test
  void aTemporaryFailureIsUnavailable() {
    for (RuntimeException failure :
        List.of(
            SdkClientException.create("connection reset"),
            DynamoDbException.builder().statusCode(500).message("internal").build(),
            DynamoDbException.builder().statusCode(503).message("unavailable").build(),
            ProvisionedThroughputExceededException.builder()
                .statusCode(400)
                .awsErrorDetails(code("ProvisionedThroughputExceededException"))
                .build(),
            DynamoDbException.builder()
                .statusCode(400)
                .awsErrorDetails(code("ThrottlingException"))
                .build())) {
      client.fail(failure);
      assertThatThrownBy(() -> dynamoDb.updated(update()))
          .isInstanceOf(ProviderUnavailable.class)
          .hasCause(failure);
    }
  }

  @Test
  void aPermanentFailureIsABug() {
    RuntimeException denied =
        DynamoDbException.builder()
            .statusCode(400)
            .awsErrorDetails(code("AccessDeniedException"))
            .build();
    client.fail(denied);

    assertThatThrownBy(() -> dynamoDb.updated(update())).isSameAs(denied);
  }

  @Test
  void unprocessedKeysAreRequestedAgain() {
    var keys = Stream.of("a", "b", "c").map(pk -> Item.key(pk, "s")).toList();
    client.answer(answer(keys.subList(0, 1), keys.subList(1, 3)));
    client.answer(answer(List.of(), keys.subList(1, 3)));
    client.answer(answer(keys.subList(1, 3), List.of()));

    assertThat(dynamoDb.getAll("table", keys))
        .extracting(item -> item.text("pk"))
        .containsExactly("a", "b", "c");
    assertThat(client.requests()).hasSize(3);
  }

  @Test
  void aBatchThatGetsNowhereIsUnavailable() {
    var keys = List.of(Item.key("a", "s"));
    for (int i = 0; i < 5; i++) {
      client.answer(answer(List.of(), keys));
    }

    assertThatThrownBy(() -> dynamoDb.getAll("table", keys))
        .isInstanceOf(ProviderUnavailable.class);
    assertThat(client.requests()).hasSize(5);
  }

  @Test
  void aPageCostsOneUpdateAndOneMoreWhereItReplaces() {
    var store = new DynamoDbPartitionStore(client, "reads", tasks);

    store.storePage(
        KEY,
        3,
        new PartitionStore.PageWrite(
            new Cursor(1, "b2", 250, 0), Set.of("2.1.a"), Set.of(), NOON, true));
    assertThat(client.requests()).singleElement().isInstanceOf(UpdateItemRequest.class);

    store.storePage(
        KEY,
        3,
        new PartitionStore.PageWrite(
            new Cursor(1, "b2", 9, 0), Set.of("2.1.a"), Set.of("2.1.b"), NOON, true));
    assertThat(client.requests()).hasSize(3);
  }

  @Test
  void conditionsAreJoinedSoThatEachMustHold() {
    UpdateItemRequest request =
        new ItemWrite("t", "p", "s")
            .set("state", Values.text("x"))
            .set("gone", null)
            .delete("some", Values.set(Set.of("e")))
            .when("#a = :a OR #b = :a")
            .when("#c = :a")
            .value("a", Values.number(1))
            .request();

    assertThat(request.updateExpression())
        .isEqualTo("SET #state = :state REMOVE #gone DELETE #some :some");
    assertThat(request.conditionExpression()).isEqualTo("(#a = :a OR #b = :a) AND (#c = :a)");
    assertThat(request.expressionAttributeNames())
        .containsOnlyKeys("#state", "#gone", "#some", "#a", "#b", "#c")
        .containsEntry("#state", "state");
    assertThat(request.expressionAttributeValues()).containsOnlyKeys(":state", ":some", ":a");
  }

  @Test
  void timesSortAsTexts() {
    assertThat(Values.sortable(NOON)).isEqualTo("001772366400000");
    assertThat(Values.sortable(0)).isLessThan(Values.sortable(9)).isLessThan(Values.sortable(10));
    assertThatThrownBy(() -> Values.sortable(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Values.sortable(1_000_000_000_000_000L))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static ItemWrite update() {
    return new ItemWrite("table", "p", "s").set("a", Values.number(1));
  }

  private static List<TransactWriteItem> writes(int count) {
    return IntStream.range(0, count).mapToObj(i -> update().update()).toList();
  }

  private static TransactionCanceledException cancelled(String... codes) {
    return TransactionCanceledException.builder()
        .cancellationReasons(
            Stream.of(codes).map(code -> CancellationReason.builder().code(code).build()).toList())
        .build();
  }

  private static TransactionConflictException conflict() {
    return TransactionConflictException.builder().message("in a transaction").build();
  }

  private static AwsErrorDetails code(String code) {
    return AwsErrorDetails.builder().errorCode(code).build();
  }

  private static BatchGetItemResponse answer(
      List<Map<String, AttributeValue>> found, List<Map<String, AttributeValue>> unprocessed) {
    return BatchGetItemResponse.builder()
        .responses(Map.of("table", found))
        .unprocessedKeys(
            unprocessed.isEmpty()
                ? Map.of()
                : Map.of("table", KeysAndAttributes.builder().keys(unprocessed).build()))
        .build();
  }
}
