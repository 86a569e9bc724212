package io.pinferry.benchmarks;

import io.pinferry.local.cloud.LocalDynamoDb;
import io.pinferry.local.cloud.LocalSqs;

/** DynamoDB and SQS of this computer, in memory. */
record EmbeddedParts(LocalDynamoDb dynamoDb, LocalSqs sqs) implements AutoCloseable {
  static EmbeddedParts start() {
    return new EmbeddedParts(
        LocalDynamoDb.start(null), LocalSqs.start("eu-central-1", "000000000000", null));
  }

  Engine.Endpoints endpoints() {
    return new Engine.Endpoints(dynamoDb.endpoint(), sqs.endpoint());
  }

  @Override
  public void close() {
    sqs.close();
    dynamoDb.close();
  }
}
