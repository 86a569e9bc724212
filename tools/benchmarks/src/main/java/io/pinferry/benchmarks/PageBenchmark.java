package io.pinferry.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.aws.DynamoDbPartitionStore;
import io.pinferry.aws.SqsDeliveryQueue;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.DeliveryQueue;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.local.simulator.PinPlan;
import io.pinferry.local.simulator.PinterestSimulator;
import io.pinferry.local.simulator.SimulatorSettings;
import io.pinferry.local.simulator.StateStore;
import io.pinferry.notification.Notification;
import io.pinferry.operation.Customer;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.Origin;
import io.pinferry.operation.PartitionId;
import io.pinferry.operation.ReadType;
import io.pinferry.operation.Selection;
import io.pinferry.operation.Work;
import io.pinferry.pinterest.MalformedPage;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.read.Cursor;
import io.pinferry.read.PageMessages;
import io.pinferry.read.PageMessages.RecordTooLarge;
import io.pinferry.read.Partition;
import io.pinferry.read.PartitionKey;
import io.pinferry.read.PartitionStore;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Three things that can be done with one page of Pinterest's, each measured as processor time of
 * the thread that does it. The page is one of the simulator's, with pins of several kinds.
 *
 * <ul>
 *   <li>{@code page}: the product makes messages of it. This counts reading, selecting, the bodies
 *       with what surrounds the records, the split at the size limit, digests and ids.
 *   <li>{@code tree}: Jackson reads it as a tree of JSON, selects, and writes one list of records,
 *       as fast as it can: from bytes to bytes, one mapper for all, members moved and not copied.
 *       It is spared all that comes after selecting. The setup proves that both deliver the same.
 *   <li>{@code way}: the page's whole way from Pinterest's answer to accepted messages: the product
 *       makes messages, compresses them, stores them and sends them, with the real clients of
 *       DynamoDB and SQS. Both are embedded in this process, but answer in threads of their own, so
 *       that their work does not count.
 * </ul>
 *
 * <p>None of the three counts fetching the page or collecting the garbage.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class PageBenchmark {
  /** Everything; six fields; everything, of which three under other names. */
  public static final List<String> SELECTIONS = List.of("all", "fields", "mappings");

  private static final int RECORDS = 250;
  private static final PartitionKey KEY =
      new PartitionKey(new OperationId("operation-1"), PartitionId.of("pins", Map.of()));
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final List<String> FIELDS =
      List.of("id", "title", "description", "link", "created_at", "board_id");
  private static final Map<String, String> MAPPINGS =
      Map.of("title", "headline", "link", "url", "board_id", "board");

  /** One of {@link #SELECTIONS}. */
  @Param({"all", "fields", "mappings"})
  public String selected = "";

  private final ObjectMapper mapper = new ObjectMapper();
  private byte[] body = new byte[0];
  private PageMessages messages = messages("all", KEY, _ -> true);

  /** Makes the page, and proves that the product and the tree deliver the same. */
  @Setup
  public void prepare() throws MalformedPage, RecordTooLarge, IOException {
    var simulator =
        new PinterestSimulator(
            SimulatorSettings.of(1, RECORDS), InstantSource.system(), StateStore.forgetful());
    body =
        simulator
            .truth("pins", PinPlan.OWNED)
            .collect(Collectors.joining(",", "{\"items\":[", "],\"bookmark\":\"next\"}"))
            .getBytes(UTF_8);
    messages = messages(selected, KEY, _ -> true);
    ArrayNode records = mapper.createArrayNode();
    for (DeliveryMessage message : page()) {
      mapper.readTree(message.body()).path("result").forEach(records::add);
    }
    JsonNode expected = mapper.readTree(tree()).path("result");
    if (records.size() != RECORDS || !records.equals(expected)) {
      throw new IllegalStateException("the page and the tree do not deliver the same");
    }
  }

  /** The processor time of the thread, which does not grow where others use the processor, too. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class ProcessorTime {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** How many pages there were. */
    public long pages;

    private long start;

    /** Begins an iteration. */
    @Setup(Level.Iteration)
    public void begin() {
      pages = 0;
      start = THREADS.getCurrentThreadCpuTime();
    }

    /** Does something that does not count. */
    void uncounted(Runnable work) {
      long before = THREADS.getCurrentThreadCpuTime();
      work.run();
      start += THREADS.getCurrentThreadCpuTime() - before;
    }

    /** Returns the time used since the beginning. JMH asks for it at the end. */
    public long nanos() {
      return THREADS.getCurrentThreadCpuTime() - start;
    }
  }

  /** The target of messages: a started read in DynamoDB, and the delivery queue. */
  @State(Scope.Thread)
  public static class Aws {
    /** A partition waits when 64 messages are undelivered; a page makes up to 3. */
    private static final int PAGES_MAX = 21;

    private final EmbeddedParts parts = EmbeddedParts.start();
    private final Engine engine =
        new Engine(
            parts.endpoints(),
            URI.create("http://nobody.invalid"),
            "token",
            RECORDS,
            limits -> limits,
            (queue, _) -> queue);
    private final PartitionStore store =
        new DynamoDbPartitionStore(engine.deliveringDynamoDb(), engine.table(), engine.tasks());
    private final DeliveryQueue queue =
        new SqsDeliveryQueue(engine::sqs, engine.deliveryQueueUrl(), engine.tasks());

    private Partition partition = newPartition();
    private PageMessages messages = messages("all", partition.key(), queue::fits);
    private int page;

    /** Starts another read and forgets the messages of the one before. */
    private void startRead(String selected) {
      engine.sqs().purgeQueue(request -> request.queueUrl(engine.deliveryQueueUrl()));
      partition = newPartition();
      messages = messages(selected, partition.key(), queue::fits);
      page = 0;
    }

    private Partition newPartition() {
      return store
          .tryLease(engine.startPins(), Duration.ofHours(1), engine.tasks().now())
          .orElseThrow();
    }

    /** Takes a page from Pinterest's answer to accepted messages. */
    private void take(byte[] body) throws MalformedPage, RecordTooLarge {
      page++;
      PageMessages.Batch made = messages.of(messages.read(body).records(), page);
      Set<String> entries =
          made.messages().stream()
              .flatMap(message -> message.receipt().stream())
              .map(DeliveryMessage.Receipt::entry)
              .collect(Collectors.toSet());
      store
          .storePage(
              partition.key(),
              partition.fence(),
              new PartitionStore.PageWrite(
                  new Cursor(page - 1, "bookmark", (page - 1L) * RECORDS, 0),
                  entries,
                  Set.of(),
                  engine.tasks().now().plus(Duration.ofHours(1)),
                  true))
          .orElseThrow();
      queue.send(made.messages());
    }

    /** Ends the embedded parts. */
    @TearDown
    public void close() {
      engine.close();
      parts.close();
    }
  }

  /** Makes messages of the page. */
  @Benchmark
  public List<DeliveryMessage> page(ProcessorTime time) throws MalformedPage, RecordTooLarge {
    time.pages++;
    return page();
  }

  /** Does the same with a tree of JSON. */
  @Benchmark
  public byte[] tree(ProcessorTime time) throws IOException {
    time.pages++;
    return tree();
  }

  /** Takes the page's whole way. */
  @Benchmark
  public void way(ProcessorTime time, Aws aws) throws MalformedPage, RecordTooLarge {
    if (time.pages % Aws.PAGES_MAX == 0) {
      time.uncounted(() -> aws.startRead(selected));
    }
    time.pages++;
    aws.take(body);
  }

  private List<DeliveryMessage> page() throws MalformedPage, RecordTooLarge {
    return messages.of(messages.read(body).records(), 1).messages();
  }

  private byte[] tree() throws IOException {
    ObjectNode message = mapper.createObjectNode();
    ArrayNode result = message.putArray("result");
    for (JsonNode record : mapper.readTree(body).path("items")) {
      ObjectNode entry = result.addObject();
      ObjectNode fields = entry.putObject("fields");
      if (selected.equals("fields")) {
        FIELDS.forEach(
            name -> {
              JsonNode value = record.get(name);
              if (value != null) {
                fields.set(name, value);
              }
            });
      } else {
        fields.setAll((ObjectNode) record);
      }
      if (selected.equals("mappings")) {
        ObjectNode mapped = entry.putObject("mappedFields");
        MAPPINGS.forEach(
            (from, to) -> {
              JsonNode value = fields.remove(from);
              if (value != null) {
                mapped.set(to, value);
              }
            });
      }
      entry.set("raw", record);
    }
    return mapper.writeValueAsBytes(message);
  }

  private static PageMessages messages(
      String selected, PartitionKey partition, Predicate<DeliveryMessage> fits) {
    var operation =
        Operation.started(
            partition.operation(),
            new Origin(
                new ProjectId("project-1"),
                new IntegrationId("integration-1"),
                new InstallationId("installation-1"),
                new ConnectionId("connection-1"),
                "config-1"),
            read(selected),
            NOON);
    return new PageMessages(operation, partition, Map.of(), List.of(), fits);
  }

  private static Work.Read read(String selected) {
    return new Work.Read(
        "pins",
        ReadType.SCHEDULED,
        ReadCatalogue.get("pins").defaultPlan().name(),
        new Work.Envelope(
            "pins",
            "webhook",
            new Customer(
                new Notification.Party("group", "Group"),
                new Notification.Party("consumer", "Consumer")),
            NOON),
        new Work.Account(new AccountId("account"), null),
        selection(selected),
        Work.Period.ALL,
        List.of(),
        null);
  }

  private static Selection selection(String selected) {
    return switch (selected) {
      case "all" -> new Selection(List.of(), List.of(), true, Map.of());
      case "fields" ->
          new Selection(
              FIELDS.stream().map(PageBenchmark::path).toList(), List.of(), false, Map.of());
      case "mappings" ->
          new Selection(
              List.of(),
              MAPPINGS.entrySet().stream()
                  .map(
                      mapping ->
                          new Selection.Mapping(path(mapping.getKey()), path(mapping.getValue())))
                  .toList(),
              true,
              Map.of());
      default -> throw new IllegalArgumentException("no selection '" + selected + "'");
    };
  }

  private static Selection.Path path(String name) {
    return new Selection.Path(Arrays.asList(name));
  }
}
