package io.pinferry.local.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Airbyte's published source for Pinterest, installed once for its check and its benchmark. */
public final class AirbyteSource {
  /** The package refuses Python 3.12, and some that it needs refuse 3.10. */
  static final Tool.Python TOOL = new Tool.Python("airbyte", 11, 11);

  static final String NAME = "airbyte";

  private static final Duration READ_MAX = Duration.ofMinutes(30);

  private final Path folder;
  private final Tool.Preparation preparation;

  private AirbyteSource(Path folder, Tool.Preparation preparation) {
    this.folder = folder;
    this.preparation = preparation;
  }

  /**
   * Installs the source, unless it is installed.
   *
   * @param home the checkout
   */
  public static AirbyteSource prepare(Path home) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(ClientRun.workOf(home).resolve(NAME));
    return new AirbyteSource(folder, TOOL.prepare(ClientRun.scriptsOf(home), folder));
  }

  /** Returns why the source cannot run on this computer; null if it can. */
  public @Nullable String missing() {
    return preparation instanceof Tool.Missing(String reason) ? reason : null;
  }

  /**
   * Reads boards and their pins at the simulated Pinterest of a stack with one connection.
   *
   * @param scene as {@code airbyte_peer.py} reads it
   * @return what that script prints
   * @throws IllegalStateException if the source cannot run, or fails
   */
  public JsonNode read(ObjectNode scene) throws IOException, InterruptedException {
    if (!(preparation instanceof Tool.Ready ready)) {
      throw new IllegalStateException(missing());
    }
    Path file = folder.resolve("scene.json");
    Files.write(file, Json.bytes(scene));
    Path output = folder.resolve("report.json");
    List<String> command = new ArrayList<>(ready.command());
    command.add(ready.scripts().resolve("airbyte_peer.py").toString());
    command.add(file.toString());
    try {
      var outcome = Program.run(folder, output, folder.resolve("client.log"), READ_MAX, command);
      if (!outcome.good()) {
        throw new IllegalStateException(
            "Airbyte's source failed: " + outcome.problem() + "\n" + outcome.lastLines());
      }
    } finally {
      Files.delete(file);
    }
    return Json.parse(Files.readAllBytes(output));
  }
}
