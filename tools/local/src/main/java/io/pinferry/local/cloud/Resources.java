package io.pinferry.local.cloud;

import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndexDescription;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.LocalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.LocalSecondaryIndexDescription;
import software.amazon.awssdk.services.dynamodb.model.Projection;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;
import software.amazon.awssdk.services.sqs.model.SqsException;

/**
 * Creates the tables and queues of a stack, and keeps those that exist, in a data directory or in
 * another emulator.
 */
final class Resources {

  private Resources() {}

  /**
   * Creates a table unless it exists.
   *
   * @throws IllegalStateException when a table of that name has other keys or indexes, which a data
   *     directory of an older template may
   */
  static void createTable(DynamoDbClient dynamoDb, Stack.Table table) {
    Optional<TableDescription> existing = find(dynamoDb, table.name());
    if (existing.isPresent()) {
      String has = shape(existing.get());
      String wants = shape(table);
      if (!has.equals(wants)) {
        throw new IllegalStateException(
            "table "
                + table.name()
                + " was made by another template: it has "
                + has
                + " but the template declares "
                + wants
                + "; start with an empty data directory, or an empty emulator");
      }
    } else {
      dynamoDb.createTable(request(table));
    }
    setExpiry(dynamoDb, table);
  }

  private static Optional<TableDescription> find(DynamoDbClient dynamoDb, String name) {
    try {
      return Optional.of(dynamoDb.describeTable(request -> request.tableName(name)).table());
    } catch (ResourceNotFoundException e) {
      return Optional.empty();
    }
  }

  private static void setExpiry(DynamoDbClient dynamoDb, Stack.Table table) {
    String attribute = table.ttlAttribute();
    if (attribute == null) {
      return;
    }
    var now =
        dynamoDb
            .describeTimeToLive(request -> request.tableName(table.name()))
            .timeToLiveDescription();
    if (!attribute.equals(now.attributeName())) {
      dynamoDb.updateTimeToLive(
          request ->
              request
                  .tableName(table.name())
                  .timeToLiveSpecification(ttl -> ttl.enabled(true).attributeName(attribute)));
    }
  }

  private static CreateTableRequest request(Stack.Table table) {
    var request =
        CreateTableRequest.builder()
            .tableName(table.name())
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .keySchema(schema(table.key()))
            .attributeDefinitions(
                table.attributes().entrySet().stream()
                    .map(
                        attribute ->
                            AttributeDefinition.builder()
                                .attributeName(attribute.getKey())
                                .attributeType(attribute.getValue())
                                .build())
                    .toList());
    if (!table.localIndexes().isEmpty()) {
      request.localSecondaryIndexes(
          table.localIndexes().stream()
              .map(
                  index ->
                      LocalSecondaryIndex.builder()
                          .indexName(index.name())
                          .keySchema(schema(index.key()))
                          .projection(projection(index))
                          .build())
              .toList());
    }
    if (!table.globalIndexes().isEmpty()) {
      request.globalSecondaryIndexes(
          table.globalIndexes().stream()
              .map(
                  index ->
                      GlobalSecondaryIndex.builder()
                          .indexName(index.name())
                          .keySchema(schema(index.key()))
                          .projection(projection(index))
                          .build())
              .toList());
    }
    return request.build();
  }

  private static List<KeySchemaElement> schema(Stack.Key key) {
    var schema = new ArrayList<KeySchemaElement>();
    schema.add(element(key.partition(), KeyType.HASH));
    if (key.sort() != null) {
      schema.add(element(key.sort(), KeyType.RANGE));
    }
    return schema;
  }

  private static KeySchemaElement element(String name, KeyType type) {
    return KeySchemaElement.builder().attributeName(name).keyType(type).build();
  }

  private static Projection projection(Stack.Index index) {
    var projection = Projection.builder().projectionType(index.projection());
    if (!index.included().isEmpty()) {
      projection.nonKeyAttributes(index.included());
    }
    return projection.build();
  }

  private static String shape(Stack.Table table) {
    var indexes = new TreeMap<String, String>();
    table.localIndexes().forEach(index -> indexes.put(index.name(), keys(schema(index.key()))));
    table.globalIndexes().forEach(index -> indexes.put(index.name(), keys(schema(index.key()))));
    return "key " + keys(schema(table.key())) + " and indexes " + indexes;
  }

  private static String shape(TableDescription table) {
    var indexes = new TreeMap<String, String>();
    for (LocalSecondaryIndexDescription index : table.localSecondaryIndexes()) {
      indexes.put(index.indexName(), keys(index.keySchema()));
    }
    for (GlobalSecondaryIndexDescription index : table.globalSecondaryIndexes()) {
      indexes.put(index.indexName(), keys(index.keySchema()));
    }
    return "key " + keys(table.keySchema()) + " and indexes " + indexes;
  }

  private static String keys(List<KeySchemaElement> schema) {
    return schema.stream().map(KeySchemaElement::attributeName).toList().toString();
  }

  /**
   * Returns the account that the addresses of queues name. For that it creates a queue that
   * redrives to no other.
   */
  static String account(SqsClient sqs, Collection<Stack.Queue> queues) {
    Stack.Queue first =
        queues.stream()
            .filter(queue -> !queue.redrives())
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("the template has no queue"));
    createQueue(sqs, first);
    String url = sqs.getQueueUrl(request -> request.queueName(first.name())).queueUrl();
    String[] path = URI.create(url).getPath().split("/", -1);
    return path[path.length - 2];
  }

  /** Creates the queues, each after the one that it redrives to; existing ones are adjusted. */
  static void createQueues(SqsClient sqs, Collection<Stack.Queue> queues) {
    queues.stream().filter(queue -> !queue.redrives()).forEach(queue -> createQueue(sqs, queue));
    queues.stream().filter(Stack.Queue::redrives).forEach(queue -> createQueue(sqs, queue));
  }

  private static void createQueue(SqsClient sqs, Stack.Queue queue) {
    String url;
    try {
      url = sqs.getQueueUrl(request -> request.queueName(queue.name())).queueUrl();
    } catch (SqsException e) {
      // moto names the type in a header, which the SDK does not understand.
      if (!(e instanceof QueueDoesNotExistException)
          && !"AWS.SimpleQueueService.NonExistentQueue".equals(e.awsErrorDetails().errorCode())) {
        throw e;
      }
      sqs.createQueue(
          request -> request.queueName(queue.name()).attributesWithStrings(queue.attributes()));
      return;
    }
    var changeable = new TreeMap<String, String>(queue.attributes());
    changeable.remove(QueueAttributeName.FIFO_QUEUE.toString());
    if (!changeable.isEmpty()) {
      sqs.setQueueAttributes(
          request -> request.queueUrl(url).attributesWithStrings(Map.copyOf(changeable)));
    }
  }
}
