package io.pinferry.aws;

import io.pinferry.base.SeededIds;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.connection.RefreshLeaseStore;
import io.pinferry.connection.RefreshLeaseStoreContract;
import io.pinferry.local.cloud.EmbeddedParts;
import java.time.Clock;

final class DynamoDbRefreshLeaseStoreComponentTest extends RefreshLeaseStoreContract {
  private final RefreshLeaseStore store =
      new DynamoDbRefreshLeaseStore(
          EmbeddedParts.dynamoDb(),
          DynamoDbTables.createWithoutSortKey("limits"),
          new SeededIds(1),
          new VirtualThreadTasks(Clock.systemUTC()));

  @Override
  protected RefreshLeaseStore store() {
    return store;
  }
}
