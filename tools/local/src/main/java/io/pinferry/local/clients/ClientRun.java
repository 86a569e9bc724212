package io.pinferry.local.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.local.demo.Product;
import io.pinferry.local.stack.LocalPorts;
import io.pinferry.local.stack.LocalStack;
import io.pinferry.local.stack.LocalStackSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs published clients, each against a stack of its own that has a connected customer, and tells
 * what differs.
 */
public final class ClientRun {
  /** The longest time that one client gets. */
  private static final Duration CLIENT_MAX = Duration.ofMinutes(6);

  private static final int DIFFERENCES_SHOWN = 20;

  private final List<PublishedClient> clients;
  private final Path home;
  private final Path work;
  private final PrintStream out;
  private int passed;
  private int failed;
  private int skipped;

  /**
   * @param home the checkout
   * @param work where clients are installed
   */
  public ClientRun(Path home, Path work, PrintStream out) {
    this(PublishedClient.ALL, home, work, out);
  }

  /** Returns the folder of a checkout in which clients are installed. */
  public static Path workOf(Path home) {
    return home.resolve(".pinferry/clients");
  }

  static Path scriptsOf(Path home) {
    return home.resolve("tools/clients");
  }

  ClientRun(List<PublishedClient> clients, Path home, Path work, PrintStream out) {
    this.clients = clients;
    this.home = home;
    this.work = work;
    this.out = out;
  }

  /** Returns the names of all clients. */
  public static List<String> names() {
    return PublishedClient.ALL.stream().map(PublishedClient::name).toList();
  }

  /** Runs the clients of these names; returns whether none differs. */
  public boolean run(List<String> names) throws IOException, InterruptedException {
    for (PublishedClient client : clients) {
      if (names.contains(client.name())) {
        run(client);
      }
    }
    out.println();
    if (skipped > 0) {
      out.println("SKIPPED: see above what is missing; these clients checked nothing.");
    }
    out.printf("clients: %d passed, %d failed, %d skipped%n", passed, failed, skipped);
    return failed == 0;
  }

  private void run(PublishedClient client) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(work.resolve(client.name()));
    switch (client.tool().prepare(scriptsOf(home), folder)) {
      case Tool.Missing missing -> {
        skipped++;
        out.printf("  %-16s SKIPPED: %s%n", client.name(), missing.reason());
      }
      case Tool.Ready ready -> check(client, folder, ready);
    }
  }

  private void check(PublishedClient client, Path folder, Tool.Ready ready)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    if (!client.needsStack()) {
      ObjectNode scene = Json.object();
      scene.put("version", LocalStackSettings.version().toString());
      scene.put("java", System.getProperty("java.home"));
      run(client, folder, ready, scene, began);
      return;
    }
    var settings =
        new LocalStackSettings(
            home,
            LocalStackSettings.version(),
            client.records(),
            client.boards(),
            null,
            null,
            null,
            new LocalPorts.Any(),
            null,
            false,
            false);
    try (LocalStack stack = LocalStack.start(settings, client.limits());
        CapturedMessages messages = new CapturedMessages()) {
      run(client, folder, ready, scene(client, stack, messages), began);
    }
  }

  private void run(
      PublishedClient client, Path folder, Tool.Ready ready, ObjectNode scene, long began)
      throws IOException, InterruptedException {
    Path file = folder.resolve("scene.json");
    ready.scene().forEach(scene::put);
    scene.put("home", home.toString()).put("name", client.name());
    Files.write(file, Json.bytes(scene));
    List<String> command = new ArrayList<>(ready.command());
    command.add(ready.scripts().resolve(client.script()).toString());
    command.add(file.toString());
    Path output = folder.resolve("report.json");
    var outcome = Program.run(folder, output, folder.resolve("client.log"), CLIENT_MAX, command);
    Files.delete(file);
    report(client, outcome, output, Duration.ofNanos(System.nanoTime() - began));
  }

  private void report(PublishedClient client, Program.Outcome outcome, Path output, Duration took)
      throws IOException {
    if (!outcome.good()) {
      failed++;
      out.printf("  %-16s FAILED: %s%n%s%n", client.name(), outcome.problem(), outcome.lastLines());
      return;
    }
    JsonNode report = Json.parse(Files.readAllBytes(output));
    JsonNode differences = report.path("differences");
    boolean good = differences.isEmpty();
    if (good) {
      passed++;
    } else {
      failed++;
    }
    out.printf(
        "  %-16s %s: %s, %d differences, %d s  %s%n",
        client.name(),
        report.path("client").asText(),
        report.path("summary").asText(),
        differences.size(),
        took.toSeconds(),
        good ? "ok" : "FAILED");
    for (int i = 0; i < Math.min(differences.size(), DIFFERENCES_SHOWN); i++) {
      out.println("    " + differences.get(i).asText());
    }
    if (differences.size() > DIFFERENCES_SHOWN) {
      out.println("    all of them are in " + output);
    }
  }

  /** Connects and installs; returns all that the client has to know. */
  private ObjectNode scene(PublishedClient client, LocalStack stack, CapturedMessages messages)
      throws IOException, InterruptedException {
    var product = new Product(stack.api(), stack.project(), stack.apiKey(), stack.pinterest());
    String key = product.register(messages.url());
    String integration =
        product.deploy(Files.readString(home.resolve("examples/amp.yaml"))).path("id").asText();
    product.connect();
    String installation = product.install(integration, client.objects());
    ObjectNode scene = Json.object();
    scene.put("api", stack.api().toString());
    scene.put("read", stack.read().toString());
    scene.put("write", stack.write().toString());
    scene.put("proxy", stack.proxy().toString());
    scene.put("pinterest", stack.pinterest().toString());
    scene.put("project", stack.project());
    scene.put("apiKey", stack.apiKey());
    scene.put("operatorKey", stack.adminKey());
    scene.put("integration", integration);
    scene.put("installation", installation);
    scene.put("signingKey", key);
    scene
        .putObject("proxyHeaders")
        .put("x-api-key", stack.apiKey())
        .put("x-amp-proxy-version", "1")
        .put("x-amp-project-id", stack.project())
        .put("x-amp-installation-id", installation);
    product.awaitReads(integration, installation, client.objects().size());
    scene.set("messages", messages.json());
    return scene;
  }
}
