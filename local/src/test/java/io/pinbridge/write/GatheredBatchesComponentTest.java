package io.pinbridge.write;

import io.pinbridge.aws.DynamoDbDirectoryStore;
import io.pinbridge.aws.DynamoDbTables;
import io.pinbridge.base.VirtualThreadTasks;
import io.pinbridge.directory.DirectoryStore;
import io.pinbridge.local.cloud.EmbeddedParts;
import java.time.Clock;
import java.time.Instant;

final class GatheredBatchesComponentTest extends GatheredBatchesContract {
  private final Clock clock = Clock.systemUTC();
  private final DirectoryStore store =
      new DynamoDbDirectoryStore(
          EmbeddedParts.dynamoDb(),
          DynamoDbTables.create("gathered"),
          new VirtualThreadTasks(clock));

  @Override
  DirectoryStore store() {
    return store;
  }

  @Override
  Instant now() {
    return Instant.parse("2026-03-01T12:00:00Z").plus(java.time.Duration.ofDays(3_650));
  }
}
