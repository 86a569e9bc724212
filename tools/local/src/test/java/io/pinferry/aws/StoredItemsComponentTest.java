package io.pinferry.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.ManualClock;
import io.pinferry.base.SeededIds;
import io.pinferry.base.SteppingTasks;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.DeliveryAttempt;
import io.pinferry.delivery.DeliveryAttempts;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.TimeRange;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.DocumentKey;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.limit.BudgetKey;
import io.pinferry.limit.BudgetOwner;
import io.pinferry.limit.BudgetStore;
import io.pinferry.limit.BudgetWindow;
import io.pinferry.limit.Priority;
import io.pinferry.local.RepositoryRoot;
import io.pinferry.local.cloud.EmbeddedParts;
import io.pinferry.operation.Chain;
import io.pinferry.operation.LogLine;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationEnd;
import io.pinferry.operation.OperationFixtures;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.Work;
import io.pinferry.read.Cursor;
import io.pinferry.read.FingerprintStore;
import io.pinferry.read.Fingerprints;
import io.pinferry.read.ListKeys;
import io.pinferry.read.PartitionKey;
import io.pinferry.read.PartitionStore;
import io.pinferry.timer.Timer;
import io.pinferry.write.WriteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Holds the items that stores write. {@code items.json} has today's, and each {@code items.old<n>}
 * those of an earlier version, which today's code still reads. If this test tells of another form,
 * rename the file to the next {@code items.old<n>.json}, and run the test with {@code
 * -Dpinferry.stored=write}.
 */
final class StoredItemsComponentTest {
  private static final Path FORMS = RepositoryRoot.file("tools/local/src/test/resources/stored");
  private static final Path SOURCES = RepositoryRoot.file("shared/src/main/java/io/pinferry/aws");
  private static final String TODAY = "items.json";

  /** Its items are encrypted under a random key; EnvelopeTest holds their form. */
  private static final Set<String> ENCRYPTED = Set.of("DynamoDbSecretStore");

  private static final Instant NOON = OperationFixtures.NOON;
  private static final ProjectId PROJECT = new ProjectId("project-1");
  private static final OperationId OPERATION = new OperationId("operation-1");
  private static final OperationId WRITE = new OperationId("operation-2");
  private static final Chain BOARD = new Chain("board-pins", Map.of("board_id", "7"));
  private static final PartitionKey PARTITION = new PartitionKey(OPERATION, BOARD.id());
  private static final List<ListKeys> KEYS = List.of(new ListKeys(BOARD, List.of("1096845123")));
  private static final DocumentKey DOCUMENT = new DocumentKey("PROJECT#1", "TOPIC#1");
  private static final ConnectionId CONNECTION = new ConnectionId("connection-1");
  private static final BudgetKey BUDGET =
      new BudgetKey(new BudgetOwner("app-1", "user-1"), "org_read");
  private static final Timer TIMER = new Timer(NOON, "watchdog", "operation-1", Map.of("a", "b"));

  private static final DeliveryAttempts.Filter ALL_ATTEMPTS =
      new DeliveryAttempts.Filter(null, null, Set.of(), null, TimeRange.ALL);
  private static final DeliveryAttempt FAILED =
      attempt("msg_4", DeliveryAttempt.Outcome.FAILED, "it answered 500");
  private static final DeliveryAttempt DELIVERED =
      attempt("msg_5", DeliveryAttempt.Outcome.ACCEPTED, null);

  private final ManualClock clock = new ManualClock(NOON);

  private static DeliveryAttempt attempt(
      String message, DeliveryAttempt.Outcome outcome, @Nullable String reason) {
    boolean failed = reason != null;
    return new DeliveryAttempt(
        message,
        PROJECT,
        message(message).content(),
        "webhook",
        null,
        1,
        NOON,
        outcome,
        true,
        reason,
        new DeliveryAttempt.Answer(failed ? 500 : 204, 12, failed ? "no" : ""),
        failed ? NOON.plusSeconds(5) : null);
  }

  /** Tables, by the names that they have in the fixtures. */
  private static final class Tables {
    private final Map<String, String> names = new TreeMap<>();

    Tables() {
      names.put("directory", DynamoDbTables.create("directory"));
      names.put("limits", DynamoDbTables.createWithoutSortKey("limits"));
      names.put("reads", DynamoDbTables.createReads());
      names.put("timers", DynamoDbTables.create("timers"));
    }

    String name(String table) {
      return Optional.ofNullable(names.get(table)).orElseThrow();
    }
  }

  /** All stores, on tables of their own. */
  private final class Stores {
    private final Tables tables = new Tables();
    private final SteppingTasks tasks = new SteppingTasks(clock);
    private final DynamoDbDirectoryStore directory =
        new DynamoDbDirectoryStore(EmbeddedParts.dynamoDb(), tables.name("directory"), tasks);
    private final DynamoDbOperationStore operations =
        new DynamoDbOperationStore(
            EmbeddedParts.dynamoDb(),
            new DynamoDbOperationStore.Tables(
                tables.name("reads"), tables.name("directory"), tables.name("timers")),
            tasks);
    private final DynamoDbPartitionStore partitions =
        new DynamoDbPartitionStore(EmbeddedParts.dynamoDb(), tables.name("reads"), tasks);
    private final DynamoDbTimerStore timers =
        new DynamoDbTimerStore(EmbeddedParts.dynamoDb(), tables.name("timers"), tasks);
    private final DynamoDbParkedMessages parked =
        new DynamoDbParkedMessages(
            EmbeddedParts.dynamoDb(), tables.name("reads"), tables.name("timers"), tasks);
    private final DynamoDbDeadLetters letters =
        new DynamoDbDeadLetters(
            EmbeddedParts.dynamoDb(), tables.name("reads"), tables.name("timers"), tasks);
    private final DynamoDbDeliveryAttempts attempts =
        new DynamoDbDeliveryAttempts(EmbeddedParts.dynamoDb(), tables.name("reads"), tasks);
    private final DynamoDbResultStore results =
        new DynamoDbResultStore(EmbeddedParts.dynamoDb(), tables.name("reads"), tasks);
    private final DynamoDbFingerprintStore fingerprints =
        new DynamoDbFingerprintStore(EmbeddedParts.dynamoDb(), tables.name("reads"), tasks);
    private final DynamoDbWriteStore writes =
        new DynamoDbWriteStore(EmbeddedParts.dynamoDb(), tables.name("reads"), tasks);
    private final DynamoDbRefreshLeaseStore leases;
    private final DynamoDbBudgetStore budgets;

    /**
     * @param seed of ids; a store takes a write with the same id for a repetition of its own
     */
    Stores(long seed) {
      leases =
          new DynamoDbRefreshLeaseStore(
              EmbeddedParts.dynamoDb(), tables.name("limits"), new SeededIds(seed), tasks);
      budgets =
          new DynamoDbBudgetStore(
              EmbeddedParts.dynamoDb(), tables.name("limits"), new SeededIds(~seed), tasks);
    }

    void write() {
      operations.commit(
          new OperationTransaction(
              List.of(new DirectoryWrite.Create(DOCUMENT, "{}", NOON.plusSeconds(60))),
              List.of(),
              List.of(TIMER),
              List.of(
                  start(OPERATION, OperationFixtures.limitedRead(), List.of(BOARD)),
                  start(WRITE, OperationFixtures.write("boards", 1), List.of()))));
      operations.log(
          OPERATION, new LogLine(NOON, "line-1", LogLine.Severity.INFO, "a line", "{\"pages\":1}"));
      operations.finish(
          operations.find(WRITE).orElseThrow(),
          new OperationEnd(true, "1 record", null, NOON.plusSeconds(5)),
          null);
      var page = new Cursor(1, "bookmark-2", 25, 0, new Cursor.Changes(3, 20, true));
      partitions.tryLease(PARTITION, Duration.ofSeconds(45), NOON);
      partitions.storePage(
          PARTITION,
          1,
          new PartitionStore.PageWrite(
              page, Set.of("2.0.abc"), Set.of(), NOON.plusSeconds(60), true));
      partitions.release(
          PARTITION, 1, PartitionStore.Release.waitsUntil(page, NOON.plusSeconds(9)));
      fingerprints.store(
          PARTITION, new FingerprintStore.Page(2, 1, 0, Fingerprints.of(new byte[16]), KEYS));
      fingerprints.store(
          PARTITION,
          new FingerprintStore.Page(
              3, 1, 0, Fingerprints.of(KEYS.getFirst().keys(), new byte[8]), KEYS));
      parked.park(message("msg_1"), NOON.plusSeconds(1_800));
      letters.keep(message("msg_2"), "the destination answered 500", NOON);
      attempts.keep(FAILED, null, NOON.plusSeconds(90));
      attempts.keep(DELIVERED, message(DELIVERED.messageId()), NOON.plusSeconds(90));
      results.keep(PROJECT, "msg_3", "{}".getBytes(UTF_8), NOON.plusSeconds(90));
      writes.put(WRITE, NOON, List.of("{\"name\":\"one\"}"));
      writes.mark(WRITE, 0, new WriteStore.Mark("process-1", NOON, Set.of("17")), null);
      writes.progress(WRITE, 0, NOON, "{\"mediaId\":\"4\"}");
      writes.keep(WRITE, 0, NOON, "{\"success\":true}");
      writes.tryLease(WRITE, "process-1", NOON, NOON.plusSeconds(30));
      leases.tryAcquire(CONNECTION, Duration.ofSeconds(30), NOON);
      budgets.learn(BUDGET, List.of(new BudgetWindow(100, Duration.ofSeconds(60))), NOON);
      take();
      budgets.pause(BUDGET, NOON.plusSeconds(20));
    }

    private BudgetStore.TakeResult take() {
      return budgets.take(
          BUDGET,
          new BudgetStore.SlotRequest(
              2,
              0,
              Duration.ofMillis(600),
              List.of(),
              List.of(new BudgetWindow(10, Duration.ofSeconds(1))),
              Priority.BULK,
              NOON.plusSeconds(1),
              NOON.plusSeconds(10)));
    }

    /** Returns what each store reads, by its name. */
    Map<String, String> read() {
      Map<String, Object> read = new TreeMap<>();
      read.put("DynamoDbDirectoryStore", directory.find(DOCUMENT));
      read.put(
          "DynamoDbOperationStore",
          List.of(
              operations.find(OPERATION),
              operations.find(WRITE),
              operations.logOf(OPERATION, 9),
              operations.ofInstallation(OperationFixtures.INSTALLATION, 9, null),
              operations.readsInProgress(OperationFixtures.INSTALLATION)));
      read.put(
          "DynamoDbPartitionStore",
          List.of(partitions.find(PARTITION), partitions.openPartitions(OPERATION, null, 9)));
      read.put("DynamoDbFingerprintStore", fingerprints.of(PARTITION));
      read.put(
          "DynamoDbTimerStore",
          IntStream.range(0, Timer.SHARD_COUNT)
              .mapToObj(shard -> timers.due(shard, NOON.plusSeconds(7_200), 9))
              .flatMap(List::stream)
              .toList());
      read.put(
          "DynamoDbParkedMessages",
          parked.find("msg_1", NOON.plusSeconds(1_800)).map(one -> text(one.toJson())));
      read.put(
          "DynamoDbDeadLetters",
          letters.list(PROJECT, new DeadLetters.Filter(null, null, Set.of()), 9, null));
      read.put(
          "DynamoDbDeliveryAttempts",
          List.of(
              attempts.list(PROJECT, ALL_ATTEMPTS, 9, null),
              attempts.message(DELIVERED).map(one -> text(one.toJson()))));
      read.put("DynamoDbResultStore", results.find(PROJECT, "msg_3").map(Stores::text));
      read.put(
          "DynamoDbWriteStore",
          List.of(writes.recordsOf(WRITE), writes.isLeased(WRITE, NOON.plusSeconds(1))));
      read.put(
          "DynamoDbRefreshLeaseStore",
          leases.tryAcquire(CONNECTION, Duration.ofSeconds(30), NOON.plusSeconds(1)).isEmpty());
      read.put("DynamoDbBudgetStore", take());
      Map<String, String> texts = new TreeMap<>();
      read.forEach((store, value) -> texts.put(store, String.valueOf(value)));
      return texts;
    }

    private static String text(byte[] bytes) {
      return new String(bytes, UTF_8);
    }
  }

  private static OperationTransaction.Start start(OperationId id, Work work, List<Chain> roots) {
    return new OperationTransaction.Start(
        Operation.started(id, OperationFixtures.ORIGIN, work, NOON), roots);
  }

  private static DeliveryMessage message(String id) {
    return new DeliveryMessage(
        id,
        PROJECT,
        new DeliveryMessage.Records(
            new IntegrationId("integration-1"),
            new InstallationId("installation-1"),
            "pins",
            new DeliveryMessage.Receipt("operation-1", "partition-1", "1.0.abc")),
        "webhook",
        "{\"a\":7}".getBytes(UTF_8),
        3,
        null,
        false);
  }

  static List<String> forms() throws IOException {
    try (Stream<Path> files = Files.list(FORMS)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static JsonNode form(String name) throws IOException {
    return Json.parse(Files.readAllBytes(FORMS.resolve(name)));
  }

  @Test
  void theItemsThatAreWrittenHaveTheStoredForm() throws IOException {
    var stores = new Stores(1);
    stores.write();
    ObjectNode form = Json.object();
    ObjectNode items = form.putObject("items");
    stores.tables.names.forEach((table, name) -> items.set(table, items(name)));
    ObjectNode read = form.putObject("read");
    stores.read().forEach(read::put);
    if ("write".equals(System.getProperty("pinferry.stored"))) {
      Files.writeString(FORMS.resolve(TODAY), form.toPrettyString() + "\n");
    }

    assertThat(form.toPrettyString()).isEqualTo(form(TODAY).toPrettyString());
  }

  @ParameterizedTest
  @MethodSource("forms")
  void eachFormIsStillRead(String name) throws IOException {
    JsonNode form = form(name);
    var stores = new Stores(2);
    form.path("items")
        .properties()
        .forEach(table -> table.getValue().forEach(item -> put(stores, table.getKey(), item)));

    Map<String, String> expected = new TreeMap<>();
    form.path("read")
        .properties()
        .forEach(store -> expected.put(store.getKey(), store.getValue().asText()));
    if (name.equals(TODAY)) {
      assertThat(stores.read()).isEqualTo(expected);
    } else {
      assertThat(stores.read().keySet()).containsAll(expected.keySet());
    }
  }

  @Test
  void eachStoreHasItems() throws IOException {
    Set<String> stores = new TreeSet<>();
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path file : files.toList()) {
        if (Files.readString(file).contains("new DynamoDb(client, tasks)")) {
          stores.add(file.getFileName().toString().replace(".java", ""));
        }
      }
    }
    stores.removeAll(ENCRYPTED);
    Set<String> known = new TreeSet<>();
    form(TODAY).path("read").fieldNames().forEachRemaining(known::add);

    assertThat(known).isEqualTo(stores);
  }

  private static void put(Stores stores, String table, JsonNode item) {
    Map<String, AttributeValue> attributes = new HashMap<>();
    item.properties().forEach(each -> attributes.put(each.getKey(), attribute(each.getValue())));
    EmbeddedParts.dynamoDb()
        .putItem(request -> request.tableName(stores.tables.name(table)).item(attributes));
  }

  private static ArrayNode items(String table) {
    List<JsonNode> items = new ArrayList<>();
    for (Map<String, AttributeValue> item :
        EmbeddedParts.dynamoDb()
            .scan(request -> request.tableName(table).consistentRead(true))
            .items()) {
      ObjectNode json = Json.object();
      new TreeMap<>(item).forEach((name, value) -> json.set(name, json(value)));
      items.add(json);
    }
    items.sort(
        Comparator.comparing(item -> item.at("/pk/S").asText() + " " + item.at("/sk/S").asText()));
    ArrayNode sorted = Json.object().putArray("items");
    items.forEach(sorted::add);
    return sorted;
  }

  /** Returns a value in DynamoDB's JSON. */
  private static ObjectNode json(AttributeValue value) {
    ObjectNode json = Json.object();
    switch (value.type()) {
      case S -> json.put("S", value.s());
      case N -> json.put("N", value.n());
      case BOOL -> json.put("BOOL", value.bool());
      case B -> json.put("B", Base64.getEncoder().encodeToString(value.b().asByteArray()));
      case SS -> {
        ArrayNode texts = json.putArray("SS");
        value.ss().stream().sorted().forEach(texts::add);
      }
      case M -> {
        ObjectNode map = json.putObject("M");
        new TreeMap<>(value.m()).forEach((name, member) -> map.set(name, json(member)));
      }
      case L -> {
        ArrayNode list = json.putArray("L");
        value.l().forEach(member -> list.add(json(member)));
      }
      default -> throw new IllegalArgumentException("no store writes " + value.type());
    }
    return json;
  }

  private static AttributeValue attribute(JsonNode json) {
    String type = json.fieldNames().next();
    JsonNode value = json.path(type);
    return switch (type) {
      case "S" -> AttributeValue.fromS(value.asText());
      case "N" -> AttributeValue.fromN(value.asText());
      case "BOOL" -> AttributeValue.fromBool(value.asBoolean());
      case "B" ->
          AttributeValue.fromB(SdkBytes.fromByteArray(Base64.getDecoder().decode(value.asText())));
      case "SS" -> AttributeValue.fromSs(value.valueStream().map(JsonNode::asText).toList());
      case "M" -> {
        Map<String, AttributeValue> map = new HashMap<>();
        value.properties().forEach(each -> map.put(each.getKey(), attribute(each.getValue())));
        yield AttributeValue.fromM(map);
      }
      case "L" ->
          AttributeValue.fromL(
              value.valueStream().map(StoredItemsComponentTest::attribute).toList());
      default -> throw new IllegalArgumentException("no attribute of the type " + type);
    };
  }
}
