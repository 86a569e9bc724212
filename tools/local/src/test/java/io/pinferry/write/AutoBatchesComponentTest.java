package io.pinferry.write;

import io.pinferry.aws.DynamoDbDirectoryStore;
import io.pinferry.aws.DynamoDbTables;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.local.cloud.EmbeddedParts;
import java.time.Clock;
import java.time.Instant;

final class AutoBatchesComponentTest extends AutoBatchesContract {
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
