package io.pinferry.local.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

class LocalDynamoDbComponentTest {

  @Test
  void aKilledServerLosesNoAcceptedWrite(@TempDir Path directory) throws Exception {
    List<String> accepted = KilledProcess.runUntil(Writer.class, directory, "item 100");

    try (var server = LocalDynamoDb.start(directory);
        var client = EmbeddedParts.dynamoDb(server.endpoint())) {
      assertThat(accepted).hasSizeGreaterThanOrEqualTo(101);
      for (String id : accepted.subList(1, accepted.size())) {
        assertThat(client.getItem(r -> r.tableName("kept").key(key(id))).hasItem()).as(id).isTrue();
      }
    }
  }

  /** Prints each item once the table has accepted it; runs until it is killed. */
  static final class Writer {
    public static void main(String[] arguments) {
      PrintStream out = System.out;
      var server = LocalDynamoDb.start(Path.of(arguments[0]));
      var client = EmbeddedParts.dynamoDb(server.endpoint());
      createTable(client);
      out.println("ready");
      for (int i = 1; i <= 100_000; i++) {
        String id = "item " + i;
        client.putItem(request -> request.tableName("kept").item(key(id)));
        out.println(id);
      }
    }
  }

  /** The bill of a read is counted with these units. */
  @Test
  void capacityIsConsumedAsAwsBillsIt() {
    try (var server = LocalDynamoDb.start(null);
        var client = EmbeddedParts.dynamoDb(server.endpoint())) {
      createTable(client);
      Map<String, AttributeValue> item = new HashMap<>(key("a"));
      item.put("text", AttributeValue.fromS("x".repeat(2_500)));
      var capacity = ReturnConsumedCapacity.TOTAL;

      assertThat(
              client
                  .putItem(one -> one.tableName("kept").item(item).returnConsumedCapacity(capacity))
                  .consumedCapacity()
                  .capacityUnits())
          .as("write of three started kilobytes")
          .isEqualTo(3);
      assertThat(
              client
                  .getItem(
                      one -> one.tableName("kept").key(key("a")).returnConsumedCapacity(capacity))
                  .consumedCapacity()
                  .capacityUnits())
          .as("eventually consistent read")
          .isEqualTo(0.5);
      assertThat(
              client
                  .getItem(
                      one ->
                          one.tableName("kept")
                              .key(key("a"))
                              .consistentRead(true)
                              .returnConsumedCapacity(capacity))
                  .consumedCapacity()
                  .capacityUnits())
          .as("consistent read")
          .isEqualTo(1);
      assertThat(
              client
                  .transactWriteItems(
                      many ->
                          many.transactItems(put("b"), put("c")).returnConsumedCapacity(capacity))
                  .consumedCapacity()
                  .getFirst()
                  .capacityUnits())
          .as("transaction of two items, which AWS bills twice: see Meter")
          .isEqualTo(2);
    }
  }

  private static TransactWriteItem put(String id) {
    return TransactWriteItem.builder().put(one -> one.tableName("kept").item(key(id))).build();
  }

  @Test
  void tablesInMemoryAreGoneWithTheirServer() {
    for (int i = 0; i < 2; i++) {
      try (var server = LocalDynamoDb.start(null);
          var client = EmbeddedParts.dynamoDb(server.endpoint())) {
        assertThat(client.listTables().tableNames()).isEmpty();
        createTable(client);
        assertThat(server.endpoint().getHost()).isEqualTo("127.0.0.1");
      }
    }
  }

  private static Map<String, AttributeValue> key(String id) {
    return Map.of("id", AttributeValue.fromS(id));
  }

  private static void createTable(DynamoDbClient client) {
    client.createTable(
        request ->
            request
                .tableName("kept")
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .attributeDefinitions(
                    AttributeDefinition.builder()
                        .attributeName("id")
                        .attributeType(ScalarAttributeType.S)
                        .build())
                .keySchema(
                    KeySchemaElement.builder().attributeName("id").keyType(KeyType.HASH).build()));
  }
}
