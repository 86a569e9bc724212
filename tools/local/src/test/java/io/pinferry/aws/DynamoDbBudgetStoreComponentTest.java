package io.pinferry.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.SystemIdSource;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.limit.BudgetKey;
import io.pinferry.limit.BudgetOwner;
import io.pinferry.limit.BudgetStore;
import io.pinferry.limit.BudgetStore.SlotRequest;
import io.pinferry.limit.BudgetStore.TakeResult;
import io.pinferry.limit.BudgetStoreContract;
import io.pinferry.limit.BudgetWindow;
import io.pinferry.limit.Priority;
import io.pinferry.local.cloud.EmbeddedParts;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

final class DynamoDbBudgetStoreComponentTest extends BudgetStoreContract {
  private static final BudgetKey KEY = new BudgetKey(new BudgetOwner("app", "user"), "org_read");

  private final String table = DynamoDbTables.createWithoutSortKey("limits");
  private final BudgetStore store = open(EmbeddedParts.dynamoDb());
  private final BudgetStore other = open(EmbeddedParts.dynamoDb());

  private BudgetStore open(DynamoDbClient client) {
    return new DynamoDbBudgetStore(
        client, table, new SystemIdSource(), new VirtualThreadTasks(Clock.systemUTC()));
  }

  @Override
  protected BudgetStore store() {
    return store;
  }

  @Override
  protected BudgetStore otherProcess() {
    return other;
  }

  @Test
  void slotsAreGivenBackOnceThoughTheSdkRepeatsTheUpdate() {
    BudgetStore repeating = open(repeating());
    List<Instant> unused = taken(repeating);
    assertThat(taken(other)).hasSize(10);

    repeating.giveBack(KEY, unused);

    assertThat(unused).hasSize(10);
    assertThat(counted()).isEqualTo(10);
  }

  private static List<Instant> taken(BudgetStore from) {
    Instant now = Instant.parse("2026-03-01T12:00:00Z");
    var request =
        new SlotRequest(
            10,
            0,
            Duration.ofSeconds(1),
            List.of(),
            List.of(new BudgetWindow(1000, Duration.ofSeconds(60))),
            Priority.BULK,
            now,
            now.plusSeconds(9));
    return from.take(KEY, request) instanceof TakeResult.Grant grant ? grant.slots() : List.of();
  }

  /** Returns how many slots are known to be taken. */
  private int counted() {
    Map<String, AttributeValue> item =
        EmbeddedParts.dynamoDb()
            .getItem(
                get ->
                    get.tableName(table)
                        .key(Map.of("pk", AttributeValue.fromS("BUDGETS#app#user"))))
            .item();
    byte[] counts = Objects.requireNonNull(item.get("counts_org_read")).b().asByteArray();
    int sum = 0;
    for (byte count : counts) {
      sum += count;
    }
    return sum;
  }

  /** Does what the SDK does when the answer to an update is lost. */
  private static DynamoDbClient repeating() {
    DynamoDbClient right = EmbeddedParts.dynamoDb();
    return (DynamoDbClient)
        Proxy.newProxyInstance(
            DynamoDbClient.class.getClassLoader(),
            new Class<?>[] {DynamoDbClient.class},
            (proxy, method, arguments) -> {
              try {
                if (method.getName().equals("updateItem")) {
                  method.invoke(right, arguments);
                }
                return method.invoke(right, arguments);
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            });
  }
}
