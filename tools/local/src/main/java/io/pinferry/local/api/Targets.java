package io.pinferry.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the Pinferry that a command uses: in the file of a stack, in a profile, in the environment,
 * or in the profile {@code default}, in this order. All of them have the members of the file that
 * {@code up --json} writes.
 *
 * @param environment the environment variables
 * @param home the folder of the user
 */
public record Targets(Map<String, String> environment, Path home) {
  private static final String DEFAULT = "default";

  /** The characters of a header's value. */
  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]+");

  private static final Set<PosixFilePermission> OF_OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private static final String WAYS =
      "Name the file that ./pinferry up --json wrote with --stack FILE, or set PINFERRY_API and"
          + " PINFERRY_KEY, or write a profile: docs/cli.md#where-to.";

  public Targets {
    environment = Map.copyOf(environment);
  }

  /** Returns the file of the profiles. */
  public Path profiles() {
    String config = environment.getOrDefault("XDG_CONFIG_HOME", "");
    Path folder = config.isEmpty() ? home.resolve(".config") : Path.of(config);
    return folder.resolve("pinferry").resolve("profiles.json");
  }

  /** Returns the folder for files that a command needs when it is started again. */
  public Path stateFolder() {
    String state = environment.getOrDefault("XDG_STATE_HOME", "");
    Path folder = state.isEmpty() ? home.resolve(".local/state") : Path.of(state);
    return folder.resolve("pinferry");
  }

  /**
   * Returns the target.
   *
   * @param stack the file of a stack; null for none
   * @param profile the name of a profile; null for none
   * @param project the project's id or name; null for the one that the target names
   * @throws CommandFailure if there is none, or a file or an address is wrong
   */
  public Target find(@Nullable Path stack, @Nullable String profile, @Nullable String project) {
    if (stack != null && profile != null) {
      throw wrong("--stack and --profile each name a Pinferry", "Give one of them.");
    }
    if (stack != null) {
      return target(file(stack), "the file " + stack, project);
    }
    if (profile != null) {
      return profile(profile, project);
    }
    if (environment.containsKey("PINFERRY_API") || environment.containsKey("PINFERRY_KEY")) {
      return target(ofEnvironment(), "the environment", project);
    }
    if (Files.exists(profiles()) && file(profiles()).has(DEFAULT)) {
      return profile(DEFAULT, project);
    }
    throw wrong("no Pinferry is named", WAYS);
  }

  private ObjectNode ofEnvironment() {
    ObjectNode members = Json.object();
    Map.of(
            "api", "PINFERRY_API",
            "read", "PINFERRY_READ",
            "write", "PINFERRY_WRITE",
            "apiKey", "PINFERRY_KEY",
            "project", "PINFERRY_PROJECT")
        .forEach(
            (member, variable) -> {
              String value = environment.getOrDefault(variable, "");
              if (!value.isBlank()) {
                members.put(member, value);
              }
            });
    return members;
  }

  private Target profile(String name, @Nullable String project) {
    Path file = profiles();
    if (!Files.exists(file)) {
      throw wrong("there is no file " + file + " with profiles", WAYS);
    }
    JsonNode profiles = file(file);
    JsonNode profile = profiles.path(name);
    if (!profile.isObject()) {
      var names = new TreeSet<String>();
      profiles.fieldNames().forEachRemaining(names::add);
      throw wrong(
          "there is no profile " + name + " in " + file,
          names.isEmpty() ? "It has no profiles." : "It has " + String.join(", ", names) + ".");
    }
    return target(profile, "the profile " + name + " of " + file, project);
  }

  /** Reads a file with keys, if nobody else may read it. */
  private static JsonNode file(Path file) {
    try {
      if (file.getFileSystem().supportedFileAttributeViews().contains("posix")
          && Files.getPosixFilePermissions(file).stream().anyMatch(OF_OTHERS::contains)) {
        throw wrong(
            "others may read or change " + file + ", which holds keys",
            "Run: chmod 600 " + file + ". If others use this computer, make a new key.");
      }
      JsonNode tree = Json.parse(Files.readAllBytes(file));
      if (!tree.isObject()) {
        throw wrong(file + " is not a JSON object", WAYS);
      }
      return tree;
    } catch (IOException e) {
      // Jackson's message shows a part of the file, which may be a key.
      throw wrong(
          Files.exists(file) ? "cannot read " + file + " as JSON" : "there is no file " + file,
          WAYS);
    }
  }

  private static Target target(JsonNode members, String source, @Nullable String project) {
    URI api = address(members, "api", source);
    String key = members.path("apiKey").asText().strip();
    if (api == null) {
      throw wrong(source + " names no api door", "Set " + place(source, "api") + ".");
    }
    if (!KEY.matcher(key).matches()) {
      throw wrong(
          source + (key.isEmpty() ? " has no API key" : " has an API key with blanks or controls"),
          "Set " + place(source, "apiKey") + " to a key of your project.");
    }
    String named = members.path("project").asText().strip();
    return new Target(
        api,
        address(members, "read", source),
        address(members, "write", source),
        address(members, "proxy", source),
        new Secret(key),
        project != null ? project : named.isEmpty() ? null : named,
        source);
  }

  private static String place(String source, String member) {
    if (!source.equals("the environment")) {
      return "its member " + member;
    }
    return switch (member) {
      case "api" -> "PINFERRY_API";
      case "read" -> "PINFERRY_READ";
      case "write" -> "PINFERRY_WRITE";
      default -> "PINFERRY_KEY";
    };
  }

  private static @Nullable URI address(JsonNode members, String member, String source) {
    String text = members.path(member).asText().strip();
    if (text.isEmpty()) {
      return null;
    }
    String place = place(source, member);
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw wrong(place + " is not an address: " + text, "An address is like https://host.");
    }
    String scheme = String.valueOf(uri.getScheme());
    if (uri.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
      throw wrong(place + " is not an address: " + text, "An address is like https://host.");
    }
    if (uri.getRawUserInfo() != null
        || !String.valueOf(uri.getRawPath()).matches("/?")
        || uri.getRawQuery() != null) {
      throw wrong(
          place + " has more than a host and a port: " + text,
          "Use "
              + origin(uri)
              + ". Each door is on the $default stage of its API, so its address has no path.");
    }
    if (scheme.equals("http") && !isThisComputer(uri)) {
      throw wrong(
          place + " is http, so everybody on the way could read the key: " + text,
          "Use https://" + uri.getRawAuthority() + ".");
    }
    return URI.create(origin(uri));
  }

  static String origin(URI uri) {
    return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
  }

  /** Returns whether an address leads to this computer. */
  static boolean isThisComputer(URI uri) {
    String host = String.valueOf(uri.getHost());
    return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
  }

  private static CommandFailure wrong(String message, String remedy) {
    return new CommandFailure(ExitCode.USAGE, message, remedy);
  }
}
