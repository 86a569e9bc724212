package io.pinferry.aws;

import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.delivery.ResultStore;
import io.pinferry.delivery.ResultStoreContract;
import io.pinferry.local.cloud.EmbeddedParts;
import java.time.Clock;

final class DynamoDbResultStoreComponentTest extends ResultStoreContract {
  private final ResultStore results =
      new DynamoDbResultStore(
          EmbeddedParts.dynamoDb(),
          DynamoDbTables.createReads(),
          new VirtualThreadTasks(Clock.systemUTC()));

  @Override
  protected ResultStore results() {
    return results;
  }
}
