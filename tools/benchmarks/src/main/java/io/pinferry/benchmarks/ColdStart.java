package io.pinferry.benchmarks;

import io.pinferry.local.cloud.LocalCloud;
import io.pinferry.local.cloud.Stack;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * The time until the first answer of a new environment, through Lambda's real runtime client: each
 * function as it is deployed, beside an empty handler. On demand that is a start of the process; a
 * door is also restored from a snapshot, which is taken here only in name. Starts are interleaved,
 * so that a busy machine slows all of them.
 */
final class ColdStart implements Benchmark {
  private static final int RUNS = 10;
  private static final double ON_DEMAND_MEDIAN_MAX = 4.5;
  private static final double ON_DEMAND_MAX = 5.5;
  private static final double RESTORED_MAX = 0.2;

  private static final Path BENCHMARKS = Path.of("tools/benchmarks/target");
  private static final Path WORK = BENCHMARKS.resolve("cold-start");
  private static final Path EVENTS = Path.of("events");
  private static final String EMPTY = "empty RequestHandler<Map, Map>";

  private static final List<String> RUNTIME_CLIENT =
      List.of(
          "aws-lambda-java-runtime-interface-client",
          "aws-lambda-java-core",
          "aws-lambda-java-serialization",
          "utils-lite");

  /** The event of each function, by the name of its handler's package. */
  private static final Map<String, String> FIRST_EVENTS =
      Map.of(
          "oauth", "oauth/callback.json",
          "management", "management/manage.json",
          "read", "read/trigger.json",
          "write", "write/write.json",
          "proxy", "proxy/proxy.json",
          "schedule", "schedule/every-minute.json",
          "sync", "sync/read-queue.json",
          "deliver", "deliver/delivery-queue.json",
          "writeworker", "write-worker/write-queue.json");

  /**
   * A handler to start.
   *
   * @param folder holds its {@code lib/*.jar}, as Lambda unpacks a function
   * @param restored whether the time begins with the restore of a snapshot
   */
  private record Variant(
      String name,
      String handler,
      Path folder,
      byte[] event,
      Map<String, String> environment,
      boolean restored) {}

  @Override
  public String compares() {
    return "the first answer of each function, on demand and restored from a snapshot, against that"
        + " of an empty handler on demand";
  }

  @Override
  public List<Goal> measure(PrintStream out) throws Exception {
    try (LocalCloud cloud =
        LocalCloud.start(
            LocalCloud.Settings.of(Path.of("template.yaml"), OutputStream.nullOutputStream())
                .withParameters(Map.of("AdminKeySha256", "0".repeat(64)))
                .withTick(Duration.ZERO))) {
      List<Variant> variants = variants(cloud);
      var times = new LinkedHashMap<Variant, List<Double>>();
      variants.forEach(variant -> times.put(variant, new ArrayList<>()));
      for (int run = 0; run <= RUNS; run++) {
        for (Variant variant : variants) {
          double millis = start(variant);
          if (run > 0) { // the first one fills the file cache
            times.getOrDefault(variant, List.of()).add(millis);
          }
        }
      }
      return goals(times, out);
    }
  }

  private static List<Goal> goals(Map<Variant, List<Double>> times, PrintStream out) {
    double base = median(times.values().iterator().next());
    var onDemand = new LinkedHashMap<String, Double>();
    var restored = new LinkedHashMap<String, Double>();
    out.printf(Locale.ROOT, "  %-40s %6.0f ms%n", EMPTY, base);
    times.forEach(
        (variant, all) -> {
          double ratio = median(all) / base;
          if (!variant.name().equals(EMPTY)) {
            (variant.restored() ? restored : onDemand).put(variant.name(), ratio);
            out.printf(
                Locale.ROOT, "  %-40s %6.0f ms  %5.2fx%n", variant.name(), median(all), ratio);
          }
        });
    return List.of(
        goal("empty / median function on demand", median(onDemand.values()), ON_DEMAND_MEDIAN_MAX),
        goal("empty / slowest function on demand", max(onDemand), ON_DEMAND_MAX),
        goal("empty / slowest restored door", max(restored), RESTORED_MAX));
  }

  private static Goal goal(String compared, double times, double timesMax) {
    return new Goal(
        compared,
        1 / times,
        1 / timesMax,
        String.format(Locale.ROOT, "%.2fx the empty handler, at most %.2fx", times, timesMax));
  }

  private static double max(Map<String, Double> ratios) {
    return ratios.values().stream().mapToDouble(ratio -> ratio).max().orElseThrow();
  }

  private static double median(java.util.Collection<Double> values) {
    return values.stream()
        .mapToDouble(value -> value)
        .sorted()
        .skip(values.size() / 2)
        .findFirst()
        .orElseThrow();
  }

  private static List<Variant> variants(LocalCloud cloud) throws IOException {
    List<Variant> variants = new ArrayList<>();
    variants.add(
        new Variant(
            EMPTY,
            EmptyMapHandler.class.getName(),
            emptyFolder(),
            Files.readAllBytes(EVENTS.resolve("oauth/callback.json")),
            Map.of(),
            false));
    for (Stack.Function function : cloud.stack().functions().values()) {
      Path folder = function.code().resolveSibling("function");
      byte[] event = Files.readAllBytes(EVENTS.resolve(FIRST_EVENTS.get(name(function))));
      Map<String, String> environment = cloud.environment(function);
      variants.add(
          new Variant(name(function), function.handler(), folder, event, environment, false));
      if (function.triggers().stream().anyMatch(Stack.Trigger.Http.class::isInstance)) {
        variants.add(
            new Variant(
                name(function) + ", restored",
                function.handler(),
                folder,
                event,
                environment,
                true));
      }
    }
    return variants;
  }

  /** Returns the last part of the package of a function's handler. */
  private static String name(Stack.Function function) {
    String type = function.handler();
    String inPackage = type.substring(0, type.lastIndexOf('.'));
    return inPackage.substring(inPackage.lastIndexOf('.') + 1);
  }

  private static Path emptyFolder() throws IOException {
    Path empty = WORK.resolve("empty");
    Path lib = Files.createDirectories(empty.resolve("lib"));
    for (Path old : jars(lib)) {
      Files.delete(old);
    }
    for (Path jar : jars(BENCHMARKS)) {
      if (jar.getFileName().toString().startsWith("pinferry-benchmarks")) {
        Files.copy(jar, lib.resolve(jar.getFileName()));
      }
    }
    return empty;
  }

  /** Starts a handler and returns the milliseconds until its first answer. */
  private static double start(Variant variant) throws Exception {
    Path output = WORK.resolve(variant.handler() + ".log");
    try (var api = new RuntimeApi(variant.event(), 1)) {
      long began = System.nanoTime();
      Process process = process(variant, api, output);
      try {
        long answered = api.firstAnswer().get(60, TimeUnit.SECONDS);
        return (answered - (variant.restored() ? api.restore().get() : began)) / 1e6;
      } catch (ExecutionException | TimeoutException e) {
        throw new IllegalStateException(variant.name() + ": " + Files.readString(output), e);
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
  }

  private static Process process(Variant variant, RuntimeApi api, Path output) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx384m", "--enable-native-access=ALL-UNNAMED"));
    if (variant.restored()) {
      // The managed runtime connects the hooks in this way.
      command.add("-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac");
    } else {
      // The managed runtime compiles like this without SnapStart.
      command.add("-XX:TieredStopAtLevel=1");
    }
    command.add("-cp");
    command.add(String.join(":", runtimeClient()));
    command.add("com.amazonaws.services.lambda.runtime.api.client.AWSLambda");
    command.add(variant.handler());
    Path folder = variant.folder().toAbsolutePath();
    var builder =
        new ProcessBuilder(command)
            // The runtime client loads the function from its working directory.
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    Map<String, String> environment = builder.environment();
    environment.putAll(
        Map.of(
            "AWS_LAMBDA_RUNTIME_API", api.address(),
            "_HANDLER", variant.handler(),
            "AWS_LAMBDA_INITIALIZATION_TYPE", variant.restored() ? "snap-start" : "on-demand",
            "AWS_LAMBDA_FUNCTION_NAME", "bench",
            "AWS_LAMBDA_FUNCTION_VERSION", "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024",
            "AWS_LAMBDA_LOG_GROUP_NAME", "bench",
            "AWS_LAMBDA_LOG_STREAM_NAME", "bench",
            "LAMBDA_TASK_ROOT", folder.toString()));
    environment.putAll(
        Map.of(
            "AWS_REGION", "eu-central-1",
            "AWS_ACCESS_KEY_ID", "local",
            "AWS_SECRET_ACCESS_KEY", "local"));
    environment.putAll(variant.environment());
    return builder.start();
  }

  private static List<String> runtimeClient() {
    List<Path> libraries = jars(BENCHMARKS.resolve("lib"));
    return RUNTIME_CLIENT.stream()
        .map(
            artifact ->
                libraries.stream()
                    .filter(jar -> jar.getFileName().toString().matches(artifact + "-\\d.*\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no " + artifact))
                    .toString())
        .toList();
  }

  private static List<Path> jars(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".jar"))
          .map(Path::toAbsolutePath)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("build first: mvn -B package -DskipTests", e);
    }
  }
}
