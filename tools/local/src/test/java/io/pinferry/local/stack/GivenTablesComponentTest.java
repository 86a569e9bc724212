package io.pinferry.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.base.Patience;
import io.pinferry.local.RepositoryRoot;
import io.pinferry.local.cloud.EmbeddedParts;
import io.pinferry.local.cloud.LocalCloud;
import io.pinferry.local.cloud.LocalDynamoDb;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.LocalSecondaryIndex;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** The drill of docs/operations.md: a stack over tables of other names goes on where one ended. */
final class GivenTablesComponentTest {
  private static final String MANIFEST =
      """
      specVersion: 1.0.0
      integrations:
        - name: drill
          provider: pinterest
          read:
            objects:
              - objectName: pins
                destination: hook
                schedule: "0 0 29 2 *"
                requiredFields:
                  - fieldName: id
                backfill:
                  defaultPeriod:
                    fullHistory: true
      """;

  @TempDir private Path data;

  @Test
  void aReadGoesOnOverRestoredTablesWithoutTheQueues() throws Exception {
    var settings = new LocalStackSettings(RepositoryRoot.find(), 2_000, null, 1L, null, data);
    try (var http = HttpClient.newHttpClient();
        var webhook = RecordingWebhook.start(_ -> 204)) {
      String installation;
      var first = new AtomicReference<LocalCloud>();
      try (LocalStack stack =
              LocalStack.start(
                  settings, UnaryOperator.identity(), UnaryOperator.identity(), first::set);
          var customer = new Customer(stack, "group")) {
        // Pinterest fails in the middle, so the read is half done and no message is on its way.
        customer.fault(
            Json.object()
                .put("kind", "status")
                .put("status", 503)
                .put("path", "/v5/pins")
                .put("skip", 3));
        StackClient client = client(http, stack);
        client.createWebhook("hook", webhook.url());
        String integration = client.deploy(MANIFEST);
        client.connect("group");
        String all = "./integrations/" + integration + "/installations";
        JsonNode installed = Json.parse(StackClient.installation("group", "pins").getBytes(UTF_8));
        installation = all + "/" + client.done("POST", all, installed).path("id").asText();
        webhook.awaitTaken(1);
        Patience.until(
            "a page that fails",
            () -> Files.readString(stack.logFile()),
            log -> log.contains("page not available"));
        Patience.until(
            "an empty delivery queue", () -> inDelivery(first.get()), count -> count == 0);
      }
      restore("Directory", "Reads", "Timers");
      remove(data.resolve("sqs"));

      try (LocalStack stack =
          LocalStack.start(
              settings,
              UnaryOperator.identity(),
              cloud ->
                  cloud.withMoreParameters(
                      Map.of(
                          "DirectoryTableArn", arn("Directory"),
                          "ReadsTableArn", arn("Reads"),
                          "TimersTableArn", arn("Timers"))),
              _ -> {})) {
        StackClient client = client(http, stack);
        try (var customer = new Customer(stack, "group")) {
          customer.endFaults();
        }
        JsonNode ended =
            Patience.until(
                "the read that the first stack began",
                () -> client.get(installation + "/operations").at("/results/0"),
                read -> !read.path("status").asText().equals("in_progress"));
        List<String> pins;
        try (var customer = new Customer(stack, "group")) {
          pins = customer.truth("pins");
        }

        assertThat(ended.path("status").asText()).as("%s", ended).isEqualTo("success");
        assertThat(webhook.takenRecordIds()).containsExactlyInAnyOrderElementsOf(pins);
      }
      try (LocalDynamoDb server = LocalDynamoDb.start(data.resolve("dynamodb"));
          DynamoDbClient dynamoDb = dynamoDb(server)) {
        assertThat(dynamoDb.listTables().tableNames())
            .as("the stack makes none of the tables that it is given")
            .containsExactlyInAnyOrder(
                "restored-Directory", "restored-Reads", "restored-Timers", "Limits");
      }
    }
  }

  private static StackClient client(HttpClient http, LocalStack stack) {
    return new StackClient(http, stack.api(), stack.project(), stack.apiKey());
  }

  /** Returns how many messages wait in the delivery queue or are being delivered. */
  private static int inDelivery(LocalCloud cloud) {
    try (SqsClient sqs = EmbeddedParts.sqs(cloud.sqs())) {
      return sqs
          .getQueueAttributes(
              request ->
                  request
                      .queueUrl(
                          sqs.getQueueUrl(
                                  queue ->
                                      queue.queueName(
                                          Objects.requireNonNull(
                                                  cloud.stack().queues().get("DeliveryQueue"))
                                              .name()))
                              .queueUrl())
                      .attributeNames(QueueAttributeName.ALL))
          .attributes()
          .entrySet()
          .stream()
          .filter(attribute -> attribute.getKey().name().startsWith("APPROXIMATE_NUMBER"))
          .mapToInt(attribute -> Integer.parseInt(attribute.getValue()))
          .sum();
    }
  }

  private static String arn(String table) {
    return "arn:aws:dynamodb:eu-central-1:000000000000:table/restored-" + table;
  }

  private static DynamoDbClient dynamoDb(LocalDynamoDb server) {
    return DynamoDbClient.builder()
        .endpointOverride(server.endpoint())
        .region(Region.EU_CENTRAL_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  /** Copies tables to other names, as a restored table has one, and deletes them. */
  private void restore(String... tables) {
    try (LocalDynamoDb server = LocalDynamoDb.start(data.resolve("dynamodb"));
        DynamoDbClient dynamoDb = dynamoDb(server)) {
      for (String name : tables) {
        var table = dynamoDb.describeTable(request -> request.tableName(name)).table();
        dynamoDb.createTable(
            request -> {
              request
                  .tableName("restored-" + name)
                  .billingMode(BillingMode.PAY_PER_REQUEST)
                  .keySchema(table.keySchema())
                  .attributeDefinitions(table.attributeDefinitions());
              if (table.hasLocalSecondaryIndexes()) {
                request.localSecondaryIndexes(
                    table.localSecondaryIndexes().stream()
                        .map(
                            index ->
                                LocalSecondaryIndex.builder()
                                    .indexName(index.indexName())
                                    .keySchema(index.keySchema())
                                    .projection(index.projection())
                                    .build())
                        .toList());
              }
              if (table.hasGlobalSecondaryIndexes()) {
                request.globalSecondaryIndexes(
                    table.globalSecondaryIndexes().stream()
                        .map(
                            index ->
                                GlobalSecondaryIndex.builder()
                                    .indexName(index.indexName())
                                    .keySchema(index.keySchema())
                                    .projection(index.projection())
                                    .build())
                        .toList());
              }
            });
        dynamoDb.scanPaginator(request -> request.tableName(name)).items().stream()
            .forEach(
                item ->
                    dynamoDb.putItem(request -> request.tableName("restored-" + name).item(item)));
        dynamoDb.deleteTable(request -> request.tableName(name));
      }
    }
  }

  private static void remove(Path folder) throws Exception {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
