package io.pinferry.benchmarks;

import io.pinferry.client.ListRequest;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.OkHttpTransport;
import io.pinferry.net.TransportFailure;
import io.pinferry.pinterest.FieldPaths;
import io.pinferry.pinterest.ListCall;
import io.pinferry.pinterest.ListPage;
import io.pinferry.pinterest.MalformedPage;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.pinterest.ReadPlan;
import io.pinferry.read.PartitionKey;
import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One chain of bookmarks: whether storing and sending hide behind fetching. */
final class ReadChain implements Benchmark {
  private static final int PAGES = 60;
  private static final int PAGE_SIZE = 50;
  private static final int TURNS = 2;
  private static final Duration LATENCY = Duration.ofMillis(100);
  private static final double GOAL = 0.9;

  @Override
  public String compares() {
    return "the time in which a client that does nothing else fetches a chain of pages, against the"
        + " time in which it is read, stored and sent";
  }

  @Override
  public List<Goal> measure(PrintStream out) throws Exception {
    try (var pinterest = PinterestProcess.start(PAGES * PAGE_SIZE, LATENCY);
        var parts = EmbeddedParts.start();
        var engine = Engine.usual(parts, pinterest, PAGE_SIZE)) {
      // One turn of both warms up.
      fetch(pinterest, PAGE_SIZE);
      read(engine);
      long fetching = 0;
      long reading = 0;
      int pages = 0;
      for (int turn = 0; turn < TURNS; turn++) {
        long start = System.nanoTime();
        pages += fetch(pinterest, PAGE_SIZE);
        long between = System.nanoTime();
        read(engine);
        reading += System.nanoTime() - between;
        fetching += between - start;
      }
      return List.of(
          new Goal(
              "pages x latency / time of the read",
              (double) fetching / reading,
              GOAL,
              String.format(
                  Locale.ROOT,
                  "%d pages, %.0f ms each only fetched (%d ms of it the latency set), %.0f ms read",
                  pages,
                  fetching / 1e6 / pages,
                  LATENCY.toMillis(),
                  reading / 1e6 / pages)));
    }
  }

  private static void read(Engine engine) {
    PartitionKey chain = engine.startPins();
    engine.drain(chain);
  }

  /** Fetches all pages of pins, one after another; returns how many there were. */
  static int fetch(PinterestProcess pinterest, int pageSize) throws MalformedPage {
    var http = OkHttpTransport.toConfiguredHosts(InstantSource.system());
    ReadPlan plan = ReadCatalogue.get("pins").defaultPlan();
    ListCall call = plan.step(plan.roots().getFirst().step()).call();
    String bookmark = null;
    int pages = 0;
    do {
      HttpAnswer page;
      try {
        page =
            http.send(
                new HttpCall(
                    "GET",
                    pinterest.address().resolve(call.pathAndQuery(Map.of(), bookmark, pageSize)),
                    Map.of("authorization", "Bearer " + pinterest.token()),
                    null,
                    ListRequest.TIMEOUT,
                    Integer.MAX_VALUE));
      } catch (TransportFailure e) {
        throw new IllegalStateException("the simulated Pinterest did not answer", e);
      }
      if (!page.isSuccess()) {
        throw new IllegalStateException("the simulated Pinterest refused a page");
      }
      bookmark = ListPage.read(page.body(), new FieldPaths()).bookmark().orElse(null);
      pages++;
    } while (bookmark != null);
    return pages;
  }
}
