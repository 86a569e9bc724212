package io.pinbridge.aws;

import io.pinbridge.base.VirtualThreadTasks;
import io.pinbridge.directory.DirectoryStore;
import io.pinbridge.directory.DirectoryStoreContract;
import io.pinbridge.local.cloud.EmbeddedParts;

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
