package io.pinbridge.aws;

import io.pinbridge.base.VirtualThreadTasks;
import io.pinbridge.local.cloud.EmbeddedParts;
import io.pinbridge.write.WriteStore;
import io.pinbridge.write.WriteStoreContract;
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
