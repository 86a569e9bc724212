package io.pinferry.local.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.Patience;
import io.pinferry.local.RepositoryRoot;
import io.pinferry.local.demo.ConsentClicker;
import io.pinferry.local.demo.PinferryClient;
import io.pinferry.local.simulator.FaultClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** A customer of a stack's only project: connects, installs, and waits for the records. */
final class Customer implements AutoCloseable {
  private final LocalStack stack;
  private final String group;
  private final HttpClient http =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
  private final PinferryClient pinferry;

  Customer(LocalStack stack, String group) {
    this.stack = stack;
    this.group = group;
    this.pinferry = new PinferryClient(http, stack.api(), stack.apiKey());
  }

  /** Returns settings of a stack on any free ports, in memory. */
  static LocalStackSettings stack(int records, int boards) {
    return new LocalStackSettings(RepositoryRoot.find(), records, boards, 1L, null, null);
  }

  /**
   * Deploys, connects and installs, then waits until every read has ended.
   *
   * @param chosen the installation's choice for each object
   * @return the operation by object, as the API tells it
   */
  Map<String, JsonNode> read(RecordingWebhook webhook, String manifest, ObjectNode chosen)
      throws Exception {
    ObjectNode destination = Json.object().put("name", "webhookOf" + group).put("type", "webhook");
    destination.putObject("metadata").put("url", webhook.url().toString());
    pinferry.post(path("/destinations"), destination);
    JsonNode integration =
        pinferry
            .put(path("/integrations:batch"), Json.object().put("sourceYaml", manifest))
            .path(0);
    connect();
    ObjectNode body = Json.object().put("groupRef", group);
    ObjectNode content = body.putObject("config").putObject("content");
    content.put("provider", "pinterest");
    content.putObject("read").set("objects", chosen);
    String installations =
        path("/integrations/" + integration.path("id").asText() + "/installations");
    String id = pinferry.post(installations, body).path("id").asText();
    return awaitEnd(installations + "/" + id + "/operations", chosen.size());
  }

  /** Returns the lines of an operation's log. */
  List<String> log(JsonNode operation) throws IOException, InterruptedException {
    JsonNode lines = pinferry.get(path("/operations/" + operation.path("id").asText() + "/logs"));
    return StreamSupport.stream(lines.spliterator(), false).map(JsonNode::toString).toList();
  }

  /** Returns an operation as it is now. */
  JsonNode operation(JsonNode operation) throws IOException, InterruptedException {
    return pinferry.get(path("/operations/" + operation.path("id").asText()));
  }

  /** Returns those messages of an operation that were refused to the last. */
  List<JsonNode> deadLetters(JsonNode operation) throws IOException, InterruptedException {
    return pinferry
        .get(path("/dead-letters?operationId=" + operation.path("id").asText()))
        .path("results")
        .valueStream()
        .toList();
  }

  /** Sends them again, and returns how many. */
  int sendAgain(JsonNode operation) throws IOException, InterruptedException {
    ObjectNode body = Json.object().put("operationId", operation.path("id").asText());
    return pinferry.post(path("/dead-letters:redrive"), body).path("redriven").intValue();
  }

  /** Returns what the simulator answers. */
  List<String> simulator(String pathAndQuery) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(stack.pinterest().resolve(pathAndQuery)).GET().build();
    return http.send(request, BodyHandlers.ofLines()).body().toList();
  }

  /** Makes the simulator misbehave. */
  void fault(ObjectNode fault) throws IOException, InterruptedException {
    faults().add(fault);
  }

  /** Ends what the simulator does wrong. */
  void endFaults() throws IOException, InterruptedException {
    faults().end();
  }

  private FaultClient faults() {
    return new FaultClient(http, stack.pinterest());
  }

  /** Returns the ids of the records that the simulated account has, in the order of its list. */
  List<String> truth(String objectAndPlan) throws IOException, InterruptedException {
    return simulator("/_sim/truth/" + objectAndPlan).stream()
        .map(line -> Json.trusted(line).path("id").asText())
        .toList();
  }

  private Map<String, JsonNode> awaitEnd(String operations, int objects) throws Exception {
    return Patience.until(
            objects + " reads that have ended",
            () -> pinferry.get(operations).path("results").valueStream().toList(),
            reads ->
                reads.size() == objects
                    && reads.stream()
                        .noneMatch(read -> read.path("status").asText().equals("in_progress")))
        .stream()
        .collect(
            Collectors.toMap(
                read -> read.path("metadata").path("objects").path(0).asText(), read -> read));
  }

  private void connect() throws IOException, InterruptedException {
    ObjectNode body =
        Json.object()
            .put("projectIdOrName", stack.project())
            .put("provider", "pinterest")
            .put("groupRef", group)
            .put("groupName", "A group")
            .put("consumerRef", "consumer-of-" + group)
            .put("consumerName", "A consumer");
    URI authorize = URI.create(pinferry.postForText("/v1/oauth-connect", body));
    new ConsentClicker(http).giveAccess(authorize);
  }

  private String path(String rest) {
    return "/v1/projects/" + stack.project() + rest;
  }

  @Override
  public void close() {
    http.close();
  }
}
