package io.pinferry.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.DeliveryQueue;
import io.pinferry.read.ReadReceipts;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A million pins read in one process with no more memory than the sync function has. */
final class Memory implements Benchmark {
  private static final int PINS = 1_000_000;
  private static final int PAGE_SIZE = 250;
  private static final int PAGES = PINS / PAGE_SIZE;

  /** The rest of Lambda's 512 MB beside code, threads and buffers. */
  private static final String HEAP = "-Xmx384m";

  private static final double GOAL = 0.8;

  @Override
  public String compares() {
    return "the heap in use after a tenth of "
        + PINS
        + " pins, against that after half and after all of them, in a process with "
        + HEAP;
  }

  @Override
  public List<Goal> measure(PrintStream out) throws Exception {
    try (var pinterest = PinterestProcess.start(PINS, Duration.ZERO);
        var parts = EmbeddedParts.start()) {
      long start = System.nanoTime();
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  HEAP,
                  "--enable-native-access=ALL-UNNAMED",
                  "-Dslf4j.provider=org.slf4j.nop.NOPServiceProvider",
                  "-Dslf4j.internal.verbosity=WARN",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Memory.class.getName(),
                  parts.endpoints().dynamoDb().toString(),
                  parts.endpoints().sqs().toString(),
                  pinterest.address().toString(),
                  pinterest.token())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      List<Long> heaps = new ArrayList<>();
      try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          heaps.add(Long.parseLong(line));
          out.printf(Locale.ROOT, "  %d MB in use%n", heaps.getLast() >> 20);
        }
        if (process.waitFor() != 0 || heaps.size() != 3) {
          throw new IllegalStateException("the reading process failed after " + heaps);
        }
      } finally {
        process.destroyForcibly();
      }
      long most = Math.max(heaps.get(1), heaps.get(2));
      return List.of(
          new Goal(
              "heap early / heap late",
              (double) heaps.get(0) / most,
              GOAL,
              String.format(
                  Locale.ROOT,
                  "%.1f, %.1f and %.1f MB after 10, 50 and 100 %% of %d pins, in %.0f s",
                  heaps.get(0) / 1048576.0,
                  heaps.get(1) / 1048576.0,
                  heaps.get(2) / 1048576.0,
                  PINS,
                  (System.nanoTime() - start) / 1e9)));
    }
  }

  /** The reading process; prints the heap's bytes in use three times. */
  public static void main(String[] arguments) {
    try (var engine =
        new Engine(
            new Engine.Endpoints(URI.create(arguments[0]), URI.create(arguments[1])),
            URI.create(arguments[2]),
            arguments[3],
            PAGE_SIZE,
            _ -> new UnlimitedBudgets(),
            ReceiptQueue::new)) {
      engine.drain(engine.startPins());
      System.out.println(heapInUse());
    }
  }

  private static long heapInUse() {
    var memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }

  /** Takes messages as delivered at once, and looks at the heap on the way. */
  private static final class ReceiptQueue implements DeliveryQueue {
    private final DeliveryQueue usual;
    private final ReadReceipts receipts;
    private int pages;

    ReceiptQueue(DeliveryQueue usual, ReadReceipts receipts) {
      this.usual = usual;
      this.receipts = receipts;
    }

    @Override
    public void send(List<DeliveryMessage> messages) {
      receipts.delivered(messages.stream().flatMap(message -> message.receipt().stream()).toList());
      pages++;
      if (pages == PAGES / 10 || pages == PAGES / 2) {
        System.out.println(heapInUse());
      }
    }

    @Override
    public boolean fits(DeliveryMessage message) {
      return usual.fits(message);
    }
  }
}
