package io.pinferry.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.local.cloud.LocalDynamoDb;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * Measures the time from a process's start to its first answer, through Lambda's real runtime
 * client, for several ways to build a function. Runs are interleaved, so that a busy machine slows
 * all of them; read the ratios. See README.md for the command.
 */
public final class ColdStart {
  /** The function whose libraries the measured handler carries. */
  private static final Path FUNCTION_LIBRARIES = Path.of("functions/oauth/target/function/lib");

  private static final Path LIBRARIES = Path.of("tools/benchmarks/target/lib");
  private static final Path WORK = Path.of("tools/benchmarks/target/cold-start");
  private static final Path EVENT = Path.of("events/oauth/callback.json");

  private static final List<String> RUNTIME_CLIENT =
      List.of(
          "aws-lambda-java-runtime-interface-client",
          "aws-lambda-java-core",
          "aws-lambda-java-serialization",
          "utils-lite",
          "crac");
  private static final List<String> POWERTOOLS_LOGGING =
      List.of(
          "powertools-logging",
          "powertools-logging-log4j",
          "powertools-common",
          "powertools-serialization",
          "jmespath-jackson",
          "jmespath-core",
          "aws-lambda-java-events",
          "jackson-datatype-joda",
          "jackson-datatype-jsr310",
          "joda-time",
          "log4j-api",
          "log4j-core",
          "log4j-slf4j2-impl",
          "log4j-layout-template-json");
  private static final List<String> POWERTOOLS_METRICS =
      List.of(
          "powertools-metrics",
          "powertools-common",
          "aws-embedded-metrics",
          "javatuples",
          "commons-lang3",
          "jackson-datatype-jsr310");

  /** What the managed runtime starts the JVM with, as far as it matters here. */
  private static final List<String> JVM_OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Xmx384m",
          "--enable-native-access=ALL-UNNAMED");

  private static final int TRAINING_INVOCATIONS = 20;

  /** How the classes of a process are archived beforehand. */
  private enum Archive {
    NONE,
    CLASS_DATA,
    AOT_CACHE
  }

  /** How the classes of a function are laid out. */
  private enum Layout {
    /** lib/*.jar, loaded by the runtime client from its working directory, as on Lambda. */
    JARS,
    /** The same, and the jars are not compressed. */
    STORED_JARS,
    /** The same with all jars merged into one. */
    ONE_JAR,
    /** The same with all jars merged into one that is not compressed. */
    ONE_STORED_JAR,
    /** One class path with the runtime client's own jars; not how Lambda starts. */
    CLASS_PATH
  }

  /**
   * One way to build a function.
   *
   * @param libraries jars beyond those of the function
   * @param functionLibraries a pattern of those of the function's own libraries that are there
   */
  private record Variant(
      String name,
      Class<?> handler,
      Map<String, String> environment,
      List<String> libraries,
      String functionLibraries,
      Layout layout,
      Archive archive) {
    static Variant plain(String name, Class<?> handler) {
      return new Variant(name, handler, Map.of(), List.of(), "", Layout.JARS, Archive.NONE);
    }

    static Variant function(String name, String log, String json, String metrics) {
      var libraries = new ArrayList<String>();
      if (log.equals("powertools")) {
        libraries.addAll(POWERTOOLS_LOGGING);
      }
      if (metrics.equals("powertools")) {
        libraries.addAll(POWERTOOLS_METRICS);
      }
      return new Variant(
          name,
          OauthLikeHandler.class,
          Map.of("BENCH_LOG", log, "BENCH_JSON", json, "BENCH_METRICS", metrics),
          libraries.stream().distinct().toList(),
          ".*",
          Layout.JARS,
          Archive.NONE);
    }

    Variant as(String newName, Layout newLayout, Archive newArchive) {
      return new Variant(
          newName, handler, environment, libraries, functionLibraries, newLayout, newArchive);
    }

    Variant with(String newName, String newFunctionLibraries) {
      return new Variant(
          newName, handler, environment, libraries, newFunctionLibraries, layout, archive);
    }
  }

  /**
   * One measured start.
   *
   * @param init milliseconds until the process asks for its first event
   * @param first milliseconds until its first answer
   * @param cpu milliseconds of processor time spent until then; on a busy machine the steadier one
   * @param megabytes the most memory it had resident
   */
  private record Run(double init, double first, double cpu, double megabytes) {}

  private final URI dynamoDb;
  private final byte[] event;

  private ColdStart(URI dynamoDb, byte[] event) {
    this.dynamoDb = dynamoDb;
    this.event = event;
  }

  /** Takes the number of runs per variant, 12 if absent. */
  public static void main(String[] arguments) throws Exception {
    // DynamoDB Local runs in this process and would log every request.
    System.setProperty("slf4j.provider", "org.slf4j.nop.NOPServiceProvider");
    System.setProperty(
        "log4j2.loggerContextFactory",
        "org.apache.logging.log4j.simple.SimpleLoggerContextFactory");
    int runs = arguments.length == 0 ? 12 : Integer.parseInt(arguments[0]);
    try (LocalDynamoDb server = LocalDynamoDb.start(null)) {
      prepare(server.endpoint());
      new ColdStart(server.endpoint(), Files.readAllBytes(EVENT)).measure(variants(), runs);
    }
  }

  private static List<Variant> variants() {
    Variant empty = Variant.plain("empty RequestHandler<Map, Map>", EmptyMapHandler.class);
    Variant lean = Variant.function("own log", "own", "", "");
    return List.of(
        empty,
        Variant.plain("empty RequestStreamHandler", BareHandler.class),
        Variant.function("SDK, no log", "", "", ""),
        lean,
        Variant.function("own log, tree of the event", "own", "tree", ""),
        Variant.function("own log, own metrics line", "own", "", "own"),
        Variant.function("own log, Powertools metrics", "own", "", "powertools"),
        Variant.function("Powertools logging (log4j)", "powertools", "", ""),
        Variant.function("Powertools logging and metrics", "powertools", "", "powertools"),
        lean.with(
            "own log, needed jars only",
            "(?!sqs|secretsmanager|snakeyaml|jackson-databind|jackson-annotations).*"),
        lean.as("own log, uncompressed jars", Layout.STORED_JARS, Archive.NONE),
        lean.as("own log, one jar", Layout.ONE_JAR, Archive.NONE),
        lean.as("own log, one uncompressed jar", Layout.ONE_STORED_JAR, Archive.NONE),
        lean.as("own log, one class path", Layout.CLASS_PATH, Archive.NONE),
        lean.as("own log, one class path, CDS archive", Layout.CLASS_PATH, Archive.CLASS_DATA),
        lean.as("own log, one class path, AOT cache", Layout.CLASS_PATH, Archive.AOT_CACHE),
        lean.as("own log, AOT cache", Layout.JARS, Archive.AOT_CACHE),
        empty.as("empty RequestHandler<Map, Map>, AOT cache", Layout.JARS, Archive.AOT_CACHE));
  }

  private void measure(List<Variant> variants, int runs) throws Exception {
    var results = new LinkedHashMap<Variant, List<Run>>();
    for (Variant variant : variants) {
      folder(variant, variants);
      if (variant.archive() != Archive.NONE) {
        train(variant, variants);
      }
      results.put(variant, new ArrayList<>());
    }
    for (int run = 0; run <= runs; run++) {
      for (Variant variant : variants) {
        Run result = start(variant, variants);
        if (run > 0) { // the first one fills the file cache
          results.getOrDefault(variant, List.of()).add(result);
        }
      }
      System.err.println("run " + run + " of " + runs);
    }
    print(results);
  }

  private static void print(Map<Variant, List<Run>> results) {
    var order = List.copyOf(results.keySet());
    List<Run> base = results.getOrDefault(order.getFirst(), List.of());
    System.out.println(
        "| variant | jars | init ms | first answer ms | ratio | CPU ms | CPU ratio | RSS MB |");
    System.out.println("|---|---|---|---|---|---|---|---|");
    for (var result : results.entrySet()) {
      List<Run> runs = result.getValue();
      System.out.printf(
          Locale.ROOT,
          "| %s | %d | %.0f | %.0f | %.2f | %.0f | %.2f | %.0f |%n",
          result.getKey().name(),
          jars(folderOf(result.getKey(), order).resolve("lib")).size(),
          median(runs, Run::init),
          median(runs, Run::first),
          median(runs, Run::first) / median(base, Run::first),
          median(runs, Run::cpu),
          median(runs, Run::cpu) / median(base, Run::cpu),
          median(runs, Run::megabytes));
    }
  }

  private static double median(List<Run> runs, ToDoubleFunction<Run> value) {
    return runs.stream().mapToDouble(value).sorted().skip(runs.size() / 2).findFirst().orElse(0);
  }

  private Run start(Variant variant, List<Variant> all) throws Exception {
    Path folder = folderOf(variant, all);
    Path output = folder.resolveSibling(folder.getFileName() + ".log");
    try (var api = new RuntimeApi(event, 1)) {
      var options = new ArrayList<String>();
      switch (variant.archive()) {
        case NONE -> {}
        case CLASS_DATA -> options.add("-XX:SharedArchiveFile=" + archiveOf(folder));
        case AOT_CACHE -> options.add("-XX:AOTCache=" + archiveOf(folder));
      }
      long began = System.nanoTime();
      Process process = process(variant, folder, options, api, output);
      try {
        long answered = api.firstAnswer().get(60, TimeUnit.SECONDS);
        double cpu = process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L) / 1e6;
        double megabytes = residentMegabytes(process.pid());
        check(variant, output);
        return new Run(
            (api.firstPoll().get() - began) / 1e6, (answered - began) / 1e6, cpu, megabytes);
      } catch (ExecutionException | TimeoutException e) {
        throw new IllegalStateException(variant + ": " + Files.readString(output), e);
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
  }

  /** Runs the function for a while and has the JVM store its classes when it ends. */
  private void train(Variant variant, List<Variant> all) throws Exception {
    Path folder = folderOf(variant, all);
    Path output = folder.resolveSibling(folder.getFileName() + ".training.log");
    Path archive = archiveOf(folder);
    Files.deleteIfExists(archive);
    String option =
        variant.archive() == Archive.CLASS_DATA
            ? "-XX:ArchiveClassesAtExit="
            : "-XX:AOTCacheOutput=";
    try (var api = new RuntimeApi(event, TRAINING_INVOCATIONS)) {
      Process process = process(variant, folder, List.of(option + archive), api, output);
      api.awaitAllAnswers();
      process.destroy(); // a normal end, at which the archive is written
      process.waitFor();
    }
    if (!Files.exists(archive)) {
      throw new IllegalStateException(variant + " left no archive: " + Files.readString(output));
    }
    System.err.println(variant.name() + ": archive of " + Files.size(archive) / 1_000_000 + " MB");
  }

  private Process process(
      Variant variant, Path folder, List<String> options, RuntimeApi api, Path output)
      throws IOException {
    var classPath = new ArrayList<>(find(RUNTIME_CLIENT));
    if ((variant.layout() == Layout.CLASS_PATH)) {
      classPath.addAll(jars(folder.resolve("lib")));
    }
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_OPTIONS);
    command.addAll(options);
    command.add("-cp");
    command.add(String.join(":", classPath.stream().map(Path::toString).toList()));
    command.add("com.amazonaws.services.lambda.runtime.api.client.AWSLambda");
    command.add(variant.handler().getName());
    var builder =
        new ProcessBuilder(command)
            // The runtime client loads the function from its working directory.
            .directory(
                ((variant.layout() == Layout.CLASS_PATH) ? WORK : folder).toAbsolutePath().toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    Map<String, String> environment = builder.environment();
    environment.putAll(variant.environment());
    environment.putAll(
        Map.of(
            "AWS_LAMBDA_RUNTIME_API", api.address(),
            "_HANDLER", variant.handler().getName(),
            "AWS_LAMBDA_FUNCTION_NAME", "bench",
            "AWS_LAMBDA_FUNCTION_VERSION", "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024",
            "AWS_LAMBDA_LOG_GROUP_NAME", "bench",
            "AWS_LAMBDA_LOG_STREAM_NAME", "bench",
            "LAMBDA_TASK_ROOT", folder.toAbsolutePath().toString()));
    environment.putAll(
        Map.of(
            "AWS_REGION", "eu-west-1",
            "AWS_ACCESS_KEY_ID", "local",
            "AWS_SECRET_ACCESS_KEY", "local",
            "POWERTOOLS_SERVICE_NAME", "bench",
            "POWERTOOLS_METRICS_NAMESPACE", "bench",
            "BENCH_DYNAMODB", dynamoDb.toString()));
    return builder.start();
  }

  /** A logger that silently writes nothing would win every comparison. */
  private static void check(Variant variant, Path output) throws IOException {
    String text = Files.readString(output);
    boolean logs = !variant.environment().getOrDefault("BENCH_LOG", "").isEmpty();
    boolean counts = !variant.environment().getOrDefault("BENCH_METRICS", "").isEmpty();
    if (text.contains("state looked up") != logs || text.contains("CloudWatchMetrics") != counts) {
      throw new IllegalStateException(variant + " wrote: " + text);
    }
  }

  private static Path folderOf(Variant variant, List<Variant> all) {
    return WORK.resolve("variant-" + all.indexOf(variant));
  }

  private static Path archiveOf(Path folder) {
    return folder.resolveSibling(folder.getFileName() + ".archive").toAbsolutePath();
  }

  /** Lays a variant out as Lambda unpacks it: lib/*.jar. */
  private static void folder(Variant variant, List<Variant> all) throws IOException {
    Path lib = folderOf(variant, all).resolve("lib");
    Files.createDirectories(lib);
    for (Path old : jars(lib)) {
      Files.delete(old);
    }
    var jars = new ArrayList<>(find(variant.libraries()));
    jars.addAll(
        jars(Path.of("tools/benchmarks/target")).stream()
            .filter(jar -> jar.getFileName().toString().startsWith("pinferry-benchmarks"))
            .toList());
    jars.addAll(
        jars(FUNCTION_LIBRARIES).stream()
            .filter(jar -> jar.getFileName().toString().matches(variant.functionLibraries()))
            .toList());
    switch (variant.layout()) {
      case JARS, CLASS_PATH -> {
        for (Path jar : jars) {
          Files.copy(jar, lib.resolve(jar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      case STORED_JARS -> {
        for (Path jar : jars) {
          merge(List.of(jar), lib.resolve(jar.getFileName()), Deflater.NO_COMPRESSION);
        }
      }
      case ONE_JAR -> merge(jars, lib.resolve("all.jar"), Deflater.DEFAULT_COMPRESSION);
      case ONE_STORED_JAR -> merge(jars, lib.resolve("all.jar"), Deflater.NO_COMPRESSION);
    }
  }

  /** Puts all jars into one; the files that name services are joined, else the first of a name. */
  private static void merge(List<Path> jars, Path target, int compression) throws IOException {
    var entries = new TreeMap<String, byte[]>();
    for (Path jar : jars) {
      try (var zip = new ZipFile(jar.toFile())) {
        for (ZipEntry entry : zip.stream().filter(it -> !it.isDirectory()).toList()) {
          byte[] bytes = zip.getInputStream(entry).readAllBytes();
          boolean services = entry.getName().startsWith("META-INF/services/");
          entries.merge(
              entry.getName(), bytes, (first, next) -> services ? joined(first, next) : first);
        }
      }
    }
    try (var zip = new ZipOutputStream(Files.newOutputStream(target))) {
      zip.setLevel(compression);
      for (var entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
  }

  private static byte[] joined(byte[] first, byte[] next) {
    return (new String(first, UTF_8) + "\n" + new String(next, UTF_8)).getBytes(UTF_8);
  }

  private static List<Path> find(List<String> artifacts) {
    return artifacts.stream()
        .map(
            artifact ->
                jars(LIBRARIES).stream()
                    .filter(jar -> jar.getFileName().toString().matches(artifact + "-\\d.*\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no " + artifact)))
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

  private static double residentMegabytes(long pid) throws IOException {
    Path status = Path.of("/proc/" + pid + "/status");
    if (!Files.exists(status)) {
      return Double.NaN;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1000)
        .findFirst()
        .orElse(Double.NaN);
  }

  private static void prepare(URI endpoint) {
    try (DynamoDbClient client =
        DynamoDbClient.builder()
            .httpClient(UrlConnectionHttpClient.create())
            .region(Region.EU_WEST_1)
            .endpointOverride(endpoint)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
            .build()) {
      client.createTable(
          table ->
              table
                  .tableName("Directory")
                  .billingMode(BillingMode.PAY_PER_REQUEST)
                  .attributeDefinitions(attribute("pk"), attribute("sk"))
                  .keySchema(key("pk", KeyType.HASH), key("sk", KeyType.RANGE)));
      client.putItem(
          put ->
              put.tableName("Directory")
                  .item(
                      Map.of(
                          "pk", AttributeValue.fromS("project"),
                          "sk", AttributeValue.fromS("state"))));
    }
  }

  private static AttributeDefinition attribute(String name) {
    return AttributeDefinition.builder()
        .attributeName(name)
        .attributeType(ScalarAttributeType.S)
        .build();
  }

  private static KeySchemaElement key(String name, KeyType type) {
    return KeySchemaElement.builder().attributeName(name).keyType(type).build();
  }
}
