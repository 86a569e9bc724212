package io.pinferry.local.cli;

import io.pinferry.base.Json;
import io.pinferry.local.api.CommandFailure;
import io.pinferry.local.api.Doors;
import io.pinferry.local.api.ExitCode;
import io.pinferry.local.api.Installations;
import io.pinferry.local.write.RecordFile;
import io.pinferry.local.write.RowResult;
import io.pinferry.local.write.RowResult.Outcome;
import io.pinferry.local.write.RowWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the records of a file. */
@Command(
    name = "write",
    description =
        "Creates, updates or deletes the records of a file, and tells the result of each. Started"
            + " again, it sends only the records that failed.",
    mixinStandardHelpOptions = true)
final class WriteCommand implements Callable<Integer> {
  private static final String STANDARD_INPUT = "-";

  /** A key has at most 255 characters, and the number of the request goes behind it. */
  private static final String KEY = "[\\x21-\\x7e]{1,200}";

  @Mixin private TargetOptions options = new TargetOptions();

  @Parameters(
      index = "0",
      paramLabel = "INSTALLATION",
      description = "Its id, or the customer's group if that has one installation.")
  private String installation = "";

  @Parameters(index = "1", paramLabel = "OBJECT", description = "The object, e.g. boards.")
  private String object = "";

  @Option(
      names = "--file",
      paramLabel = "F",
      required = true,
      description = "JSON, JSON lines or CSV; - is the standard input.")
  private String file = STANDARD_INPUT;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "json or csv. Default: csv if the file's name ends with .csv, else json.")
  private @Nullable String format;

  @Option(
      names = "--operation",
      paramLabel = "VERB",
      defaultValue = "create",
      description = "create, update or delete. Default: ${DEFAULT-VALUE}.")
  private String verb = "create";

  @Option(
      names = "--idempotency-key",
      paramLabel = "TEXT",
      description =
          "Names this write. For 24 hours the same name writes nothing twice. Default: follows from"
              + " the records, so that the same file is written once.")
  private @Nullable String key;

  @Option(
      names = "--async",
      description = "Store the records at once; Pinferry writes them within its limits.")
  private boolean later;

  @Option(
      names = "--deadline-hours",
      paramLabel = "N",
      defaultValue = "1",
      description = "With --async: how long to try, 1 to 48. Default: ${DEFAULT-VALUE}.")
  private int deadlineHours = 1;

  @Option(names = "--no-wait", description = "With --async: do not wait for the end.")
  private boolean noWait;

  private final Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);

  @Override
  public Integer call() {
    if (key != null && !key.matches(KEY)) {
      throw wrong("--idempotency-key must have 1 to 200 visible ASCII characters");
    }
    if (!later && noWait) {
      throw wrong("--no-wait is for --async only");
    }
    Doors doors = options.doors();
    var records = RecordFile.read(content(), format());
    var task =
        new RowWriter.Task(new Installations(doors).get(installation), object, verb, key, records);
    var writer = new RowWriter(doors, options.surroundings().tasks());
    if (later) {
      writer.writeLater(task, deadlineHours, !noWait, this::print);
    } else {
      writer.write(task, this::print);
    }
    options.err().println(summary());
    return exitCode().number();
  }

  private void print(RowResult result) {
    counts.merge(result.outcome(), 1, Integer::sum);
    options.out().println(options.json() ? Json.text(result.json()) : result.text());
    options.out().flush();
  }

  private int count(Outcome outcome) {
    return counts.getOrDefault(outcome, 0);
  }

  private String summary() {
    return "%,d written, %,d not written, %,d %s"
        .formatted(
            count(Outcome.WRITTEN),
            count(Outcome.REFUSED) + count(Outcome.NOT_DONE),
            count(Outcome.UNKNOWN),
            noWait ? "stored" : "unknown");
  }

  private ExitCode exitCode() {
    boolean good = noWait || count(Outcome.UNKNOWN) == 0;
    return good && count(Outcome.REFUSED) + count(Outcome.NOT_DONE) == 0
        ? ExitCode.OK
        : ExitCode.NOT_WELL;
  }

  private RecordFile.Format format() {
    if (format == null) {
      return file.toLowerCase(Locale.ROOT).endsWith(".csv")
          ? RecordFile.Format.CSV
          : RecordFile.Format.JSON;
    }
    return switch (format) {
      case "csv" -> RecordFile.Format.CSV;
      case "json" -> RecordFile.Format.JSON;
      default -> throw wrong("--format must be json or csv: " + format);
    };
  }

  private byte[] content() {
    try (InputStream in =
        file.equals(STANDARD_INPUT)
            ? options.surroundings().input()
            : Files.newInputStream(Path.of(file))) {
      return in.readNBytes(RecordFile.BYTES_MAX + 1);
    } catch (IOException e) {
      throw wrong("cannot read " + file);
    }
  }

  private static CommandFailure wrong(String message) {
    return new CommandFailure(ExitCode.USAGE, message, null);
  }
}
