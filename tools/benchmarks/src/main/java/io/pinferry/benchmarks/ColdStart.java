package io.pinferry.benchmarks;

import io.pinferry.local.cloud.LocalDynamoDb;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
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
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * Measures the time from the start of a process to its first answer, through Lambda's real runtime
 * client: the oauth function as it is deployed, beside two empty handlers. Runs are interleaved, so
 * that a busy machine slows all of them; read the ratios. See README.md for the command.
 */
public final class ColdStart {
  private static final Path BENCHMARKS = Path.of("tools/benchmarks/target");
  private static final Path WORK = BENCHMARKS.resolve("cold-start");
  private static final Path EVENT = Path.of("events/oauth/callback.json");

  private static final List<String> RUNTIME_CLIENT =
      List.of(
          "aws-lambda-java-runtime-interface-client",
          "aws-lambda-java-core",
          "aws-lambda-java-serialization",
          "utils-lite");

  /** The options of the managed runtime that matter here. */
  private static final List<String> JVM_OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Xmx384m",
          "--enable-native-access=ALL-UNNAMED");

  /**
   * A handler to start.
   *
   * @param folder holds its {@code lib/*.jar}, as Lambda unpacks a function
   */
  private record Variant(String name, String handler, Path folder) {}

  /**
   * One measured start.
   *
   * @param init milliseconds until the process asks for its first event
   * @param first milliseconds until its first answer
   * @param cpu milliseconds of processor time until then; the steadier number on a busy machine
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
      createTable(server.endpoint());
      new ColdStart(server.endpoint(), Files.readAllBytes(EVENT)).measure(variants(), runs);
    }
  }

  private static List<Variant> variants() throws IOException {
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
    return List.of(
        new Variant("empty RequestHandler<Map, Map>", EmptyMapHandler.class.getName(), empty),
        new Variant("empty RequestStreamHandler", BareHandler.class.getName(), empty),
        new Variant(
            "oauth function",
            "io.pinferry.functions.oauth.OauthHandler",
            Path.of("functions/oauth/target/function")));
  }

  private void measure(List<Variant> variants, int runs) throws Exception {
    var results = new LinkedHashMap<Variant, List<Run>>();
    variants.forEach(variant -> results.put(variant, new ArrayList<>()));
    for (int run = 0; run <= runs; run++) {
      for (Variant variant : variants) {
        Run result = start(variant);
        if (run > 0) { // the first one fills the file cache
          results.getOrDefault(variant, List.of()).add(result);
        }
      }
      System.err.println("run " + run + " of " + runs);
    }
    print(results);
  }

  private static void print(Map<Variant, List<Run>> results) {
    List<Run> base = results.values().iterator().next();
    System.out.println(
        "| variant | jars | init ms | first answer ms | ratio | CPU ms | CPU ratio | RSS MB |");
    System.out.println("|---|---|---|---|---|---|---|---|");
    for (var result : results.entrySet()) {
      List<Run> runs = result.getValue();
      System.out.printf(
          Locale.ROOT,
          "| %s | %d | %.0f | %.0f | %.2f | %.0f | %.2f | %.0f |%n",
          result.getKey().name(),
          jars(result.getKey().folder().resolve("lib")).size(),
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

  private Run start(Variant variant) throws Exception {
    Path output = WORK.resolve(variant.handler() + ".log");
    try (var api = new RuntimeApi(event, 1)) {
      long began = System.nanoTime();
      Process process = process(variant, api, output);
      try {
        long answered = api.firstAnswer().get(60, TimeUnit.SECONDS);
        double cpu = process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L) / 1e6;
        double megabytes = residentMegabytes(process.pid());
        return new Run(
            (api.firstPoll().get() - began) / 1e6, (answered - began) / 1e6, cpu, megabytes);
      } catch (ExecutionException | TimeoutException e) {
        throw new IllegalStateException(variant + ": " + Files.readString(output), e);
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
  }

  private Process process(Variant variant, RuntimeApi api, Path output) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_OPTIONS);
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
            "AWS_LAMBDA_FUNCTION_NAME", "bench",
            "AWS_LAMBDA_FUNCTION_VERSION", "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024",
            "AWS_LAMBDA_LOG_GROUP_NAME", "bench",
            "AWS_LAMBDA_LOG_STREAM_NAME", "bench",
            "LAMBDA_TASK_ROOT", folder.toString()));
    environment.putAll(
        Map.of(
            "AWS_REGION", "eu-west-1",
            "AWS_ACCESS_KEY_ID", "local",
            "AWS_SECRET_ACCESS_KEY", "local",
            "AWS_ENDPOINT_URL_DYNAMODB", dynamoDb.toString()));
    environment.putAll(
        Map.of(
            "PINFERRY_DIRECTORY_TABLE", "Directory",
            "PINFERRY_TIMERS_TABLE", "Timers",
            "PINFERRY_SECRET_PREFIX", "bench/",
            "PINFERRY_PINTEREST_API_URL", "https://api.pinterest.invalid",
            "PINFERRY_PINTEREST_AUTHORIZE_URL", "https://www.pinterest.invalid/oauth/",
            "PINFERRY_PINTEREST_TOKEN_URL", "https://api.pinterest.invalid/v5/oauth/token",
            "PINFERRY_PUBLIC_API_URL", "https://api.example.invalid",
            "PINFERRY_ADMIN_KEY_SHA256", "0".repeat(64)));
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

  /** Makes the table in which the function looks for the OAuth state of the event. */
  private static void createTable(URI endpoint) {
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
