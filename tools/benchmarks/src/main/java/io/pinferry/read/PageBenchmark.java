package io.pinferry.read;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.delivery.DeliveryMessage;
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
import io.pinferry.pinterest.ListPage;
import io.pinferry.pinterest.MalformedPage;
import io.pinferry.pinterest.ReadCatalogue;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * A page's way from the bytes of Pinterest's answer to messages, and the same through a tree of
 * JSON, read and written by Jackson as fast as it can: from bytes to bytes, one mapper for all,
 * members moved and not copied. What both deliver is the same: the setup compares it, record by
 * record. The page is one of the simulator's, with pins of several kinds.
 *
 * <p>On the product's side this counts reading, selecting, making the bodies of the messages with
 * what surrounds the records, splitting them at the size limit, the digests and the ids. The tree's
 * side is spared all of those after selecting: it makes one list of records. On neither side it
 * counts what encodes a message for the queue, nor what collects the garbage, of which the tree
 * makes several times as much.
 *
 * <p>Stands in this package for the sake of what it measures.
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
  private RecordWriter writer = writer(spec("all"));
  private PageMessages messages = messages(spec("all"), writer);

  /** Makes the page, and proves that both ways deliver the same. */
  @Setup
  public void prepare() throws MalformedPage, PageMessages.RecordTooLarge, IOException {
    var simulator =
        new PinterestSimulator(
            SimulatorSettings.of(1, RECORDS), InstantSource.system(), StateStore.forgetful());
    body =
        simulator
            .truth("pins", PinPlan.OWNED)
            .collect(Collectors.joining(",", "{\"items\":[", "],\"bookmark\":\"next\"}"))
            .getBytes(UTF_8);
    Work.Read spec = spec(selected);
    writer = writer(spec);
    messages = messages(spec, writer);
    ArrayNode records = mapper.createArrayNode();
    for (DeliveryMessage message : page()) {
      mapper.readTree(message.body()).path("result").forEach(records::add);
    }
    JsonNode expected = mapper.readTree(tree()).path("result");
    if (records.size() != RECORDS || !records.equals(expected)) {
      throw new IllegalStateException("the page and the tree do not deliver the same");
    }
  }

  /** The processor time of the thread, which stays the same where others use the processor, too. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class ProcessorTime {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** How many pages there were. */
    public long pages;

    private long start;

    /** Begins. */
    @Setup(Level.Iteration)
    public void begin() {
      pages = 0;
      start = THREADS.getCurrentThreadCpuTime();
    }

    /** Returns what was used since the beginning; asked for by the harness at the end. */
    public long nanos() {
      return THREADS.getCurrentThreadCpuTime() - start;
    }
  }

  /** What the product does. */
  @Benchmark
  public List<DeliveryMessage> page(ProcessorTime time)
      throws MalformedPage, PageMessages.RecordTooLarge {
    time.pages++;
    return page();
  }

  /** What it is compared with. */
  @Benchmark
  public byte[] tree(ProcessorTime time) throws IOException {
    time.pages++;
    return tree();
  }

  List<DeliveryMessage> page() throws MalformedPage, PageMessages.RecordTooLarge {
    return messages.of(ListPage.scan(body, writer.paths()), 1).messages();
  }

  byte[] tree() throws IOException {
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

  private static RecordWriter writer(Work.Read spec) {
    return new RecordWriter(spec, Map.of(), List.of());
  }

  private static PageMessages messages(Work.Read spec, RecordWriter writer) {
    var operation =
        Operation.started(
            new OperationId("operation-1"),
            new Origin(
                new ProjectId("project-1"),
                new IntegrationId("integration-1"),
                new InstallationId("installation-1"),
                new ConnectionId("connection-1"),
                "config-1"),
            spec,
            NOON);
    var key = new PartitionKey(operation.id(), PartitionId.of("pins", Map.of()));
    return new PageMessages(operation, spec, key, writer, _ -> true);
  }

  private static Work.Read spec(String selected) {
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
        List.of());
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
