package io.pinferry.benchmarks;

import static io.pinferry.base.Field.field;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.pinferry.base.Json;
import io.pinferry.base.Log;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.lambda.powertools.logging.PowertoolsLogging;
import software.amazon.lambda.powertools.metrics.Metrics;
import software.amazon.lambda.powertools.metrics.MetricsFactory;
import software.amazon.lambda.powertools.metrics.model.MetricUnit;

/**
 * What the oauth function does first: reads an HTTP event, looks one item up in DynamoDB, writes
 * one log line, answers. How it logs, counts and parses is chosen by the environment, so that one
 * thing differs between two measurements. Parts that are not chosen are never loaded.
 */
public final class OauthLikeHandler implements RequestStreamHandler {
  /** Reads the one member of an event that this handler needs. */
  private interface EventReader {
    String rawPath(InputStream event) throws IOException;
  }

  /** Runs one invocation inside whatever logging it wants. */
  private interface Logging {
    void invoke(Context context, Body body) throws IOException;
  }

  /** Counts one thing and sends the count. */
  private interface Counting {
    void count();
  }

  /** One invocation; gets a way to write its log line. */
  private interface Body {
    void run(Line line) throws IOException;
  }

  /** Writes the one log line. */
  private interface Line {
    void info(String message, String path);
  }

  private final DynamoDbClient dynamoDb;
  private final EventReader reader;
  private final Logging logging;
  private final Counting counting;

  /** Lambda's constructor. */
  public OauthLikeHandler() {
    this(System.getenv());
  }

  OauthLikeHandler(Map<String, String> environment) {
    dynamoDb =
        DynamoDbClient.builder()
            .httpClient(UrlConnectionHttpClient.create())
            .region(Region.of(environment.getOrDefault("AWS_REGION", "eu-west-1")))
            .endpointOverride(URI.create(environment.getOrDefault("BENCH_DYNAMODB", "")))
            .credentialsProvider(EnvironmentVariableCredentialsProvider.create())
            .build();
    reader =
        switch (environment.getOrDefault("BENCH_JSON", "")) {
          case "tree" -> event -> Json.parse(event.readAllBytes()).path("rawPath").asText();
          default -> OauthLikeHandler::stream;
        };
    logging =
        switch (environment.getOrDefault("BENCH_LOG", "")) {
          case "own" -> ownLogging();
          case "powertools" -> new Powertools();
          default -> (context, body) -> body.run((message, path) -> {});
        };
    counting =
        switch (environment.getOrDefault("BENCH_METRICS", "")) {
          case "own" -> OauthLikeHandler::ownCount;
          case "powertools" -> new PowertoolsCounting();
          default -> () -> {};
        };
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    logging.invoke(
        context,
        line -> {
          String path = reader.rawPath(event);
          boolean found =
              dynamoDb
                  .getItem(
                      get ->
                          get.tableName("Directory")
                              .consistentRead(true)
                              .key(
                                  Map.of(
                                      "pk", AttributeValue.fromS("project"),
                                      "sk", AttributeValue.fromS("state"))))
                  .hasItem();
          line.info("state looked up", path);
          counting.count();
          answer.write(("{\"statusCode\":" + (found ? 200 : 404) + "}").getBytes(UTF_8));
        });
  }

  private static String stream(InputStream event) throws IOException {
    JsonFactory factory = Json.streams();
    try (JsonParser json = factory.createParser(event)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        if (name.equals("rawPath")) {
          return json.getText();
        }
        json.skipChildren();
      }
    }
    return "";
  }

  private static Logging ownLogging() {
    Log log = Log.to(System.out::println, InstantSource.system());
    return (context, body) -> {
      Log scoped = log.with(field("requestId", context.getAwsRequestId()));
      body.run((message, path) -> scoped.info(message, field("path", path)));
    };
  }

  private static void ownCount() {
    System.out.println(
        "{\"_aws\":{\"Timestamp\":"
            + System.currentTimeMillis()
            + ",\"CloudWatchMetrics\":[{\"Namespace\":\"bench\",\"Dimensions\":[[\"function\"]],"
            + "\"Metrics\":[{\"Name\":\"requests\",\"Unit\":\"Count\"}]}]},\"function\":\"oauth\","
            + "\"requests\":1}");
  }

  private static final class Powertools implements Logging {
    private static final Logger LOG = LoggerFactory.getLogger(OauthLikeHandler.class);

    @Override
    public void invoke(Context context, Body body) {
      PowertoolsLogging.withLogging(
          context,
          () -> {
            try {
              body.run((message, path) -> LOG.info("{} {}", message, path));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            return true;
          });
    }
  }

  private static final class PowertoolsCounting implements Counting {
    private final Metrics metrics = MetricsFactory.getMetricsInstance();

    @Override
    public void count() {
      metrics.addMetric("requests", 1, MetricUnit.COUNT);
      metrics.flush();
    }
  }
}
