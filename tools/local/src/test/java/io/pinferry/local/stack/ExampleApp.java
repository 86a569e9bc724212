package io.pinferry.local.stack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.Patience;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** The example of examples/react-install, made ready and served as its README says. */
final class ExampleApp implements AutoCloseable {
  private static final String VITE = "node_modules/vite/bin/vite.js";

  private final BrowserTools tools;
  private final Path folder;
  private final List<Process> servers = new ArrayList<>();

  private ExampleApp(BrowserTools tools, Path folder) {
    this.tools = tools;
    this.folder = folder;
  }

  /**
   * Makes it ready, together with a page of the tests', which {@link #startFromSources} serves. Its
   * reads begin when they are asked for only.
   */
  static ExampleApp install(BrowserTools tools) throws IOException {
    Path folder = tools.installed("examples/react-install");
    Path manifest = folder.resolve("amp.yaml");
    Files.writeString(manifest, ExampleManifest.unscheduled(Files.readString(manifest)));
    BrowserTools.add("tools/local/src/test/pages", folder);
    return new ExampleApp(tools, folder);
  }

  /**
   * Does what its operator does once, builds it and serves it.
   *
   * @return where the page is
   */
  URI start(LocalStack stack) throws IOException {
    Path file = folder.resolve("stack.json");
    ObjectNode addresses = Json.object();
    addresses.put("api", stack.api().toString());
    addresses.put("project", stack.project());
    addresses.put("apiKey", stack.apiKey());
    Files.write(file, Json.bytes(addresses));
    int port = freePort();
    tools.node(
        folder,
        Map.of("PORT", Integer.toString(port)),
        "backend/setup.js",
        file.toAbsolutePath().toString());
    tools.node(folder, Map.of(), VITE, "build");
    return serve(port, Map.of(), "preview");
  }

  /** Serves it once more, with an API key in the page instead of tokens. */
  URI startWithFrontendKey() throws IOException {
    return serve(freePort(), Map.of("PINFERRY_AUTH", "key"), "preview");
  }

  /** Serves it once more, from its sources, as while it is developed. */
  URI startFromSources() throws IOException {
    return serve(freePort(), Map.of(), "dev");
  }

  private URI serve(int port, Map<String, String> environment, String command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(tools.node().toString(), VITE, command)
            .directory(folder.toFile())
            .redirectErrorStream(true);
    builder.environment().put("PORT", Integer.toString(port));
    builder.environment().putAll(environment);
    // Where CI is set, it colours the address that is waited for.
    builder.environment().put("NO_COLOR", "1");
    builder.environment().remove("FORCE_COLOR");
    Process server = builder.start();
    servers.add(server);
    CompletableFuture<URI> address = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> follow(server, port, address));
    return address.orTimeout(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS).join();
  }

  /** Reads what a server says, to its end, for it must not wait for its reader. */
  private static void follow(Process server, int port, CompletableFuture<URI> address) {
    var said = new StringBuilder();
    try (BufferedReader output = server.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        said.append(line).append('\n');
        if (line.contains("127.0.0.1:" + port)) {
          address.complete(URI.create("http://127.0.0.1:" + port + "/"));
        }
      }
    } catch (IOException e) {
      address.completeExceptionally(e);
    }
    // Without effect on a server that had started.
    address.completeExceptionally(new IllegalStateException("the example does not start: " + said));
  }

  /**
   * Returns a free port that the system gives to nobody else until it is used: one below those that
   * connections get.
   */
  private static int freePort() {
    int port = ThreadLocalRandom.current().nextInt(15_000, 30_000);
    return isFree(port) ? port : freePort();
  }

  private static boolean isFree(int port) {
    try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    servers.forEach(Process::destroy);
  }
}
