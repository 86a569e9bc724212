package io.pinferry.local.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.io.PrintWriter;
import java.util.stream.Collectors;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary.Failure;

/** Runs tests without Maven, for {@code ./pinferry check-clients}. */
final class SuiteRun {
  private static final int MESSAGE_CHARS_MAX = 200;

  private SuiteRun() {}

  /**
   * Prints the failures, and in its last line the number of tests and the failures as JSON. The
   * argument is a selector of JUnit, as {@code class:NAME}.
   */
  public static void main(String[] arguments) {
    var listener = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.parse(arguments[0]).orElseThrow())
                .build(),
            listener);
    var summary = listener.getSummary();
    var out = new PrintWriter(System.out, true, UTF_8);
    summary.printFailuresTo(out);
    ObjectNode report = Json.object().put("tests", summary.getTestsStartedCount());
    ArrayNode failures = report.putArray("failures");
    for (Failure failure : summary.getFailures()) {
      String message = failure.getException().toString();
      failures.add(
          name(failure.getTestIdentifier().getUniqueIdObject())
              + ": "
              + message.substring(0, Math.min(MESSAGE_CHARS_MAX, message.length())));
    }
    out.println(report);
  }

  private static String name(UniqueId id) {
    return id.getSegments().stream()
        .skip(1)
        .map(UniqueId.Segment::getValue)
        .collect(Collectors.joining("."));
  }
}
