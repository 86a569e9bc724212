package io.pinferry.aws;

import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.local.cloud.EmbeddedParts;
import io.pinferry.write.WriteStore;
import io.pinferry.write.WriteStoreContract;
import java.time.Clock;

final class DynamoDbWriteStoreComponentTest extends WriteStoreContract {
  private final WriteStore store =
      new DynamoDbWriteStore(
          EmbeddedParts.dynamoDb(),
          DynamoDbTables.create("writes"),
          new VirtualThreadTasks(Clock.systemUTC()));

  @Override
  protected WriteStore store() {
    return store;
  }
}
