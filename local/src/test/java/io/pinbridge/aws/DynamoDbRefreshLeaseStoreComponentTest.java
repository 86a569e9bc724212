package io.pinbridge.aws;

import io.pinbridge.base.SeededIds;
import io.pinbridge.base.VirtualThreadTasks;
import io.pinbridge.connection.RefreshLeaseStore;
import io.pinbridge.connection.RefreshLeaseStoreContract;
import io.pinbridge.local.cloud.EmbeddedParts;
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
