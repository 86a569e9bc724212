package io.pinferry.aws;

import io.pinferry.local.cloud.EmbeddedParts;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.LocalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** Makes empty tables with the keys and the index of the deployment's. */
public final class DynamoDbTables {
  private DynamoDbTables() {}

  /** Creates a table with keys {@code pk} and {@code sk}, and returns its name. */
  public static String create(String name) {
    return create(table(name, "pk", "sk"));
  }

  /** Creates a table with the key {@code pk} alone, and returns its name. */
  public static String createWithoutSortKey(String name) {
    return create(table(name, "pk").keySchema(keys("pk", "sk").getFirst()));
  }

  /** Creates a table that also has the indexes of operations, and returns its name. */
  static String createReads() {
    return create(
        table("reads", "pk", "sk", "openMark", "listedIn", "listedAt")
            .localSecondaryIndexes(
                LocalSecondaryIndex.builder()
                    .indexName("open")
                    .keySchema(keys("pk", "openMark"))
                    .projection(projection -> projection.projectionType(ProjectionType.KEYS_ONLY))
                    .build())
            .globalSecondaryIndexes(
                GlobalSecondaryIndex.builder()
                    .indexName("recent")
                    .keySchema(keys("listedIn", "listedAt"))
                    .projection(projection -> projection.projectionType(ProjectionType.KEYS_ONLY))
                    .build()));
  }

  private static CreateTableRequest.Builder table(String name, String... attributes) {
    return CreateTableRequest.builder()
        .tableName(EmbeddedParts.unique(name))
        .billingMode(BillingMode.PAY_PER_REQUEST)
        .keySchema(keys("pk", "sk"))
        .attributeDefinitions(
            Stream.of(attributes)
                .map(
                    attribute ->
                        AttributeDefinition.builder()
                            .attributeName(attribute)
                            .attributeType(ScalarAttributeType.S)
                            .build())
                .toList());
  }

  private static List<KeySchemaElement> keys(String hash, String range) {
    return List.of(
        KeySchemaElement.builder().attributeName(hash).keyType(KeyType.HASH).build(),
        KeySchemaElement.builder().attributeName(range).keyType(KeyType.RANGE).build());
  }

  private static String create(CreateTableRequest.Builder table) {
    return EmbeddedParts.dynamoDb().createTable(table.build()).tableDescription().tableName();
  }
}
