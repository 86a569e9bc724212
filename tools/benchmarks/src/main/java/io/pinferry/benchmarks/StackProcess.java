package io.pinferry.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.local.cli.Main;
import io.pinferry.local.demo.PinferryClient;
import io.pinferry.local.demo.Product;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A local stack in a process of its own, so that nothing in it is warm: {@code pinferry up}. */
final class StackProcess implements AutoCloseable {
  private static final String LOG = "up.log";
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration START_MAX = Duration.ofMinutes(3);

  private final Process process;
  private final Path folder;
  private final HttpClient http;
  private final JsonNode addresses;

  private StackProcess(Process process, Path folder, HttpClient http, JsonNode addresses) {
    this.process = process;
    this.folder = folder;
    this.http = http;
    this.addresses = addresses;
  }

  /** Starts it; returns when it is ready. */
  static StackProcess start(HttpClient http, int records, long seed)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("pinferry-bench");
    Path file = folder.resolve("addresses.json");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    io.pinferry.benchmarks.Main.QUIET.forEach(
        (name, value) -> command.add("-D" + name + "=" + value));
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "up",
            "--no-receiver",
            "--records",
            Integer.toString(records),
            "--seed",
            Long.toString(seed),
            "--json",
            file.toString()));
    Path log = folder.resolve(LOG);
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      for (long end = System.nanoTime() + START_MAX.toNanos(); !Files.exists(file); ) {
        if (!process.isAlive() || System.nanoTime() > end) {
          throw new IllegalStateException("the stack did not start:\n" + Files.readString(log));
        }
        Thread.sleep(POLL);
      }
      return new StackProcess(process, folder, http, Json.parse(Files.readAllBytes(file)));
    } catch (IOException | InterruptedException | RuntimeException e) {
      process.destroyForcibly();
      throw e;
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private URI address(String name) {
    return URI.create(text(name));
  }

  String text(String name) {
    return addresses.path(name).asText();
  }

  URI pinterest() {
    return address("pinterest");
  }

  Product product() {
    return new Product(address("api"), text("project"), text("apiKey"), pinterest());
  }

  /**
   * @param group the customer's reference
   */
  Product product(String group) {
    return new Product(address("api"), text("project"), text("apiKey"), pinterest(), group);
  }

  PinferryClient readDoor() {
    return new PinferryClient(http, address("read"), text("apiKey"));
  }

  /** Returns how many requests Pinterest has answered. */
  Requests requests() throws IOException, InterruptedException {
    JsonNode log = requestLog(0);
    long refused = 0;
    for (JsonNode category : log.path("counts")) {
      refused += category.path("429").asLong();
    }
    return new Requests(log.path("total").asLong(), refused);
  }

  /** Returns Pinterest's log with the latest requests. */
  JsonNode requestLog(long limit) throws IOException, InterruptedException {
    return Json.parse(get("/_sim/requests?limit=" + limit));
  }

  /** Returns the ids that the account has. */
  Set<String> truth(String object) throws IOException, InterruptedException {
    Set<String> ids = new HashSet<>();
    new String(get("/_sim/truth/" + object + "?plan=boards"), UTF_8)
        .lines()
        .forEach(line -> ids.add(Json.trusted(line).path("id").asText()));
    return ids;
  }

  private byte[] get(String path) throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(pinterest().resolve(path)).build(), BodyHandlers.ofByteArray())
        .body();
  }

  /**
   * Requests at Pinterest.
   *
   * @param refused those that were answered with 429
   */
  record Requests(long total, long refused) {
    Requests since(Requests before) {
      return new Requests(total - before.total, refused - before.refused);
    }
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    Files.deleteIfExists(folder.resolve(LOG));
    Files.deleteIfExists(folder);
  }
}
