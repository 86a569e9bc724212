package io.pinbridge.aws;

import io.pinbridge.base.VirtualThreadTasks;
import io.pinbridge.limit.BudgetStore;
import io.pinbridge.limit.BudgetStoreContract;
import io.pinbridge.local.cloud.EmbeddedParts;
import java.time.Clock;

final class DynamoDbBudgetStoreComponentTest extends BudgetStoreContract {
  private final String table = DynamoDbTables.createWithoutSortKey("limits");
  private final BudgetStore store = open();
  private final BudgetStore other = open();

  private BudgetStore open() {
    return new DynamoDbBudgetStore(
        EmbeddedParts.dynamoDb(), table, new VirtualThreadTasks(Clock.systemUTC()));
  }

  @Override
  protected BudgetStore store() {
    return store;
  }

  @Override
  protected BudgetStore otherProcess() {
    return other;
  }
}
