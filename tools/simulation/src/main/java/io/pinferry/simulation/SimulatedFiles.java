package io.pinferry.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.Tasks;
import io.pinferry.local.simulator.PinterestSimulator;
import io.pinferry.local.simulator.SimulatedRequest;
import io.pinferry.local.simulator.SimulatedResponse;
import io.pinferry.net.FileRelay;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The way of videos from the web, where products keep them, to the store behind Pinterest. Each has
 * the mark of its record in it.
 */
final class SimulatedFiles implements FileRelay {
  private static final String WEB = "https://shop.invalid/";
  private static final String VIDEO = ".mp4";
  private static final String BOUNDARY = "simulated-boundary";

  /** Few videos are written, and each should meet something. */
  private static final int LIKELIER = 150;

  /** The kind in which nothing goes wrong. */
  private static final int NOTHING = 9;

  private final PinterestSimulator simulator;
  private final FaultPlan faults;
  private final RandomGenerator chance;
  private final WriteLedger ledger;
  private final Tasks tasks;
  private final Invocation invocation;
  private final FaultyPort port;

  SimulatedFiles(
      PinterestSimulator simulator,
      FaultPlan faults,
      RandomGenerator chance,
      WriteLedger ledger,
      Tasks tasks,
      Invocation invocation,
      FaultyPort port) {
    this.simulator = simulator;
    this.faults = faults;
    this.chance = chance;
    this.ledger = ledger;
    this.tasks = tasks;
    this.invocation = invocation;
    this.port = port;
  }

  /** Returns where the video of a record is. */
  static URI address(String mark) {
    return URI.create(WEB + mark.substring(1, mark.length() - 1) + VIDEO);
  }

  @Override
  public RelayResult relay(Source source, URI to, List<FormField> fields, Duration timeout) {
    invocation.check();
    tasks.sleepUntil(tasks.now().plusMillis(20 + chance.nextInt(300)));
    int kind = faults.strikesWrite(chance, LIKELIER) ? chance.nextInt(NOTHING) : NOTHING;
    switch (kind) {
      case 0 -> {
        faults.count("upload: the video is not there");
        return new RelayResult.FetchFailure("was answered 404", false);
      }
      case 1 -> {
        faults.count("upload: the video cannot be had now");
        return new RelayResult.FetchFailure("was answered 503", true);
      }
      case 2 -> {
        faults.count("upload: the policy has run out");
        return new RelayResult.Refusal(403, "Policy expired.");
      }
      case 3 -> {
        faults.count("upload: broke off");
        return new RelayResult.Interruption("the upload broke off: reset");
      }
      case 4 -> port.kill("killed before an upload");
      default -> {}
    }
    String content = content(source);
    SimulatedResponse response = simulator.handle(form(to, fields, content));
    if (response.status() != 204) {
      return new RelayResult.Refusal(response.status(), response.bodyText());
    }
    String key =
        fields.stream()
            .filter(field -> field.name().equals("key"))
            .map(FormField::value)
            .findFirst()
            .orElseThrow();
    ledger.uploaded(content, key.substring(key.lastIndexOf('/') + 1));
    switch (kind) {
      case 5, 6 -> port.kill("killed after an upload");
      case 7, 8 -> {
        faults.count("upload: done, but the answer was lost");
        return new RelayResult.Interruption("the upload broke off: reset");
      }
      default -> {}
    }
    return new RelayResult.Success();
  }

  private static String content(Source source) {
    return switch (source) {
      case Source.Inline(byte[] bytes) -> new String(bytes, UTF_8);
      case Source.Web(URI url) -> {
        String path = url.getPath();
        yield "video <" + path.substring(1, path.length() - VIDEO.length()) + ">";
      }
    };
  }

  private static SimulatedRequest form(URI to, List<FormField> fields, String content) {
    var body = new StringBuilder();
    for (FormField field : fields) {
      part(body, field.name()).append("\r\n\r\n").append(field.value()).append("\r\n");
    }
    part(body, "file").append("; filename=\"video\"\r\n\r\n").append(content).append("\r\n");
    body.append("--").append(BOUNDARY).append("--\r\n");
    return SimulatedRequest.of(
        "POST",
        to.getPath(),
        Map.of("content-type", "multipart/form-data; boundary=" + BOUNDARY),
        body.toString());
  }

  private static StringBuilder part(StringBuilder body, String name) {
    return body.append("--")
        .append(BOUNDARY)
        .append("\r\nContent-Disposition: form-data; name=\"")
        .append(name)
        .append('"');
  }
}
