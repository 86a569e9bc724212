package io.pinferry.local.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state that a stack keeps over restarts, beside the state of its parts.
 *
 * @param ports the port of each server; empty until it was started
 * @param project the id of the project that is ready to use; null until there is one
 * @param apiKey its key; null until there is one
 */
record StackState(
    int records,
    int boards,
    long seed,
    String adminKey,
    Map<String, Integer> ports,
    @Nullable String project,
    @Nullable String apiKey) {

  StackState {
    ports = Map.copyOf(ports);
  }

  private static final String FILE = "stack.json";

  StackState with(String newProject, String newApiKey) {
    return new StackState(records, boards, seed, adminKey, ports, newProject, newApiKey);
  }

  StackState with(Map<String, Integer> newPorts) {
    return new StackState(records, boards, seed, adminKey, newPorts, project, apiKey);
  }

  /** Returns what was saved in a directory; null if nothing was. */
  static @Nullable StackState load(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      return null;
    }
    JsonNode json = Json.parse(Files.readAllBytes(file));
    Map<String, Integer> ports = new LinkedHashMap<>();
    json.path("ports")
        .properties()
        .forEach(port -> ports.put(port.getKey(), port.getValue().intValue()));
    return new StackState(
        json.path("records").intValue(),
        json.path("boards").intValue(),
        json.path("seed").longValue(),
        json.path("adminKey").textValue(),
        ports,
        json.path("project").textValue(),
        json.path("apiKey").textValue());
  }

  void save(Path directory) throws IOException {
    ObjectNode json = Json.object();
    json.put("records", records);
    json.put("boards", boards);
    json.put("seed", seed);
    json.put("adminKey", adminKey);
    ObjectNode numbers = json.putObject("ports");
    ports.forEach(numbers::put);
    json.put("project", project);
    json.put("apiKey", apiKey);
    Files.createDirectories(directory);
    Path part = directory.resolve(FILE + ".part");
    Files.write(part, Json.bytes(json));
    Files.move(
        part,
        directory.resolve(FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }
}
