package io.pinferry.local.cloud.probe;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Does as the event says, so that one function can play every part. */
public final class ProbeHandler implements RequestStreamHandler {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, String> environment;
  private final HttpClient http = HttpClient.newHttpClient();

  /** Lambda's way. */
  public ProbeHandler() {
    this(System.getenv());
  }

  /** The embedded cloud's way. */
  public ProbeHandler(Map<String, String> environment) {
    this.environment = environment;
    if (environment.containsKey("REFUSE")) {
      throw new IllegalArgumentException("setting REFUSE is " + environment.get("REFUSE"));
    }
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    JsonNode input = JSON.readTree(event);
    ObjectNode output;
    if (input.has("Records")) {
      output = messages(input);
    } else if (input.has("rawPath")) {
      output = request(input, context);
    } else {
      tell("schedule", input.toString());
      output = JSON.createObjectNode();
    }
    answer.write(JSON.writeValueAsBytes(output));
  }

  private ObjectNode request(JsonNode event, Context context) throws IOException {
    String path = event.path("rawPath").asText();
    ObjectNode answer = JSON.createObjectNode();
    if (path.endsWith("/fail")) {
      throw new IllegalStateException("asked to fail");
    }
    if (path.endsWith("/hang")) {
      await();
    }
    if (path.endsWith("/environment")) {
      return JSON.valueToTree(environment);
    }
    if (path.endsWith("/log")) {
      System.out.println("said to stdout");
      context.getLogger().log("said to the logger\n");
      Thread.startVirtualThread(() -> System.out.println("said by a thread of its own"));
    }
    if (path.endsWith("/classes")) {
      return answer.put("statusCode", 200).put("body", classes());
    }
    answer.put("statusCode", 201).put("body", event.toString());
    answer
        .putObject("headers")
        .put("Content-Type", "application/json")
        .put("X-Exposed", context.getFunctionName() + " " + context.getMemoryLimitInMB())
        .put("X-Remaining", Integer.toString(context.getRemainingTimeInMillis()))
        .put("Access-Control-Allow-Origin", "https://of-the-function.example");
    answer.putArray("cookies").add("a=1").add("b=2; Secure");
    return answer;
  }

  private static void await() throws IOException {
    System.out.println("hanging");
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }

  /**
   * Names which classes of the embedded cloud this function sees, and whether libraries find it.
   */
  private static String classes() {
    var seen = new StringBuilder();
    for (String name :
        new String[] {
          "io.pinferry.local.cloud.LocalCloud",
          "org.elasticmq.rest.sqs.SQSRestServer",
          "picocli.CommandLine"
        }) {
      try {
        seen.append(Class.forName(name).getSimpleName());
      } catch (ClassNotFoundException e) {
        seen.append('-');
      }
    }
    return seen.append(contextSees(ProbeHandler.class)).toString();
  }

  private static boolean contextSees(Class<?> type) {
    try {
      ClassLoader context = Thread.currentThread().getContextClassLoader();
      return Class.forName(type.getName(), false, context).equals(type);
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private ObjectNode messages(JsonNode event) throws IOException {
    ObjectNode answer = JSON.createObjectNode();
    var failures = answer.putArray("batchItemFailures");
    for (JsonNode record : event.path("Records")) {
      tell("message", record.toString());
      if (record.path("body").asText().startsWith("fail")) {
        failures.addObject().put("itemIdentifier", record.path("messageId").asText());
      }
      if (record.path("body").asText().startsWith("throw")) {
        throw new IllegalStateException("asked to throw");
      }
    }
    return answer;
  }

  private void tell(String what, String text) throws IOException {
    try {
      http.send(
          HttpRequest.newBuilder(URI.create(environment.get("RECEIVER") + "/" + what))
              .POST(HttpRequest.BodyPublishers.ofString(text, StandardCharsets.UTF_8))
              .build(),
          HttpResponse.BodyHandlers.discarding());
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }
}
