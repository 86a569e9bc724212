package io.pinferry.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.Tasks;
import io.pinferry.local.simulator.PinterestSimulator;
import io.pinferry.local.simulator.SimulatedRequest;
import io.pinferry.local.simulator.SimulatedResponse;
import io.pinferry.net.FileRelay;
import io.pinferry.simulation.invariant.Event;
import io.pinferry.simulation.invariant.Listener;
import io.pinferry.simulation.kernel.FaultPlan;
import io.pinferry.simulation.kernel.FaultyPort;
import io.pinferry.simulation.kernel.SimulatedProcess;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The way of videos from a product's web server to the store behind Pinterest. Each video has the
 * mark of its record in it.
 */
final class SimulatedFiles implements FileRelay {
  private static final String WEB = "https://shop.invalid/";
  private static final String VIDEO = ".mp4";
  private static final String BOUNDARY = "simulated-boundary";

  /** Few videos are written, and each should meet a fault. */
  private static final int WEIGHT = 150;

  private final PinterestSimulator simulator;
  private final FaultPlan faults;
  private final RandomGenerator random;
  private final Listener listener;
  private final Tasks tasks;
  private final SimulatedProcess process;
  private final FaultyPort port;

  /** The faults of an upload. */
  private enum Fault {
    MISSING,
    UNAVAILABLE,
    EXPIRED,
    INTERRUPTED,
    KILL_BEFORE,
    KILL_AFTER,
    ANSWER_LOST,
    NONE
  }

  /** The seed draws one of these. */
  private static final List<Fault> DRAWN =
      List.of(
          Fault.MISSING,
          Fault.UNAVAILABLE,
          Fault.EXPIRED,
          Fault.INTERRUPTED,
          Fault.KILL_BEFORE,
          Fault.KILL_AFTER,
          Fault.KILL_AFTER,
          Fault.ANSWER_LOST,
          Fault.ANSWER_LOST);

  SimulatedFiles(
      PinterestSimulator simulator,
      FaultPlan faults,
      RandomGenerator random,
      Listener listener,
      Tasks tasks,
      SimulatedProcess process,
      FaultyPort port) {
    this.simulator = simulator;
    this.faults = faults;
    this.random = random;
    this.listener = listener;
    this.tasks = tasks;
    this.process = process;
    this.port = port;
  }

  /** Returns the URL of the video of a record. */
  static URI url(String mark) {
    return URI.create(WEB + mark.substring(1, mark.length() - 1) + VIDEO);
  }

  @Override
  public Optional<RelayResult.FetchFailure> check(Source source, Duration timeout) {
    process.check();
    tasks.sleepUntil(tasks.now().plusMillis(20 + random.nextInt(100)));
    if (!faults.strikesWrite(random, WEIGHT / 5)) {
      return Optional.empty();
    }
    return switch (random.nextInt(3)) {
      case 0 -> {
        faults.count("check of a video: it is not there");
        yield Optional.of(new RelayResult.FetchFailure("was answered 404", false));
      }
      case 1 -> {
        faults.count("check of a video: it cannot be fetched now");
        yield Optional.of(new RelayResult.FetchFailure("was answered 503", true));
      }
      default -> {
        port.kill("killed before a video was registered");
        yield Optional.empty();
      }
    };
  }

  @Override
  public RelayResult relay(Source source, URI to, List<FormField> fields, Duration timeout) {
    process.check();
    tasks.sleepUntil(tasks.now().plusMillis(20 + random.nextInt(300)));
    Fault fault =
        faults.strikesWrite(random, WEIGHT) ? DRAWN.get(random.nextInt(DRAWN.size())) : Fault.NONE;
    switch (fault) {
      case MISSING -> {
        faults.count("upload: the video is not there");
        return new RelayResult.FetchFailure("was answered 404", false);
      }
      case UNAVAILABLE -> {
        faults.count("upload: the video cannot be fetched now");
        return new RelayResult.FetchFailure("was answered 503", true);
      }
      case EXPIRED -> {
        faults.count("upload: the policy has expired");
        return new RelayResult.Refusal(403, "Policy expired.");
      }
      case INTERRUPTED -> {
        faults.count("upload: broke off");
        return new RelayResult.Interruption("the upload broke off: reset");
      }
      case KILL_BEFORE -> port.kill("killed before an upload");
      case KILL_AFTER, ANSWER_LOST, NONE -> {}
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
    listener.on(new Event.Upload(content, key.substring(key.lastIndexOf('/') + 1)));
    if (fault == Fault.KILL_AFTER) {
      port.kill("killed after an upload");
    }
    if (fault == Fault.ANSWER_LOST) {
      faults.count("upload: done, but the answer was lost");
      return new RelayResult.Interruption("the upload broke off: reset");
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
