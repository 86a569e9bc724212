package io.pinferry.aws;

import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.DirectoryStoreContract;
import io.pinferry.local.cloud.EmbeddedParts;

final class DynamoDbDirectoryStoreComponentTest extends DirectoryStoreContract {
  private final DirectoryStore store =
      new DynamoDbDirectoryStore(
          EmbeddedParts.dynamoDb(),
          DynamoDbTables.create("directory"),
          new VirtualThreadTasks(clock));

  @Override
  protected DirectoryStore store() {
    return store;
  }
}
