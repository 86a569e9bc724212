package io.pinferry.aws;

import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.local.cloud.EmbeddedParts;
import io.pinferry.read.FingerprintStore;
import io.pinferry.read.FingerprintStoreContract;
import java.time.Clock;

final class DynamoDbFingerprintStoreComponentTest extends FingerprintStoreContract {
  private final FingerprintStore fingerprints =
      new DynamoDbFingerprintStore(
          EmbeddedParts.dynamoDb(),
          DynamoDbTables.createReads(),
          new VirtualThreadTasks(Clock.systemUTC()));

  @Override
  protected FingerprintStore fingerprints() {
    return fingerprints;
  }
}
