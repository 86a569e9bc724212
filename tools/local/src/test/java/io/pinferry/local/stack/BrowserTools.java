package io.pinferry.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.Patience;
import io.pinferry.local.RepositoryRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The programs of this computer that a browser test needs, as {@code ./pinferry check-clients}
 * found and installed them.
 *
 * @param folder has the packages of npm, each folder under its own name
 */
record BrowserTools(Path node, Path chromium, Path folder) {
  private static final Duration COMMAND_TIME_MAX = Patience.LIMIT.multipliedBy(2);

  static BrowserTools given() {
    return new BrowserTools(
        given("pinferry.node"), given("pinferry.chromium"), given("pinferry.browser"));
  }

  private static Path given(String property) {
    String path = System.getProperty(property);
    if (path == null) {
      throw new IllegalStateException("run by: ./pinferry check-clients react console");
    }
    return Path.of(path);
  }

  /** Returns the copy of a folder of the checkout that has its packages. */
  Path installed(String sources) {
    return folder.resolve(Path.of(sources).getFileName());
  }

  /** Copies files of a folder of the repository into one that was {@link #installed}. */
  static void add(String sources, Path installed) throws IOException {
    try (Stream<Path> files = Files.list(RepositoryRoot.file(sources))) {
      for (Path file : files.toList()) {
        Files.copy(
            file, installed.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** Runs a program of Node's to its end, which must be a good one. */
  void node(Path where, Map<String, String> environment, String... arguments) {
    List<String> command = new ArrayList<>(List.of(node.toString()));
    command.addAll(Arrays.asList(arguments));
    String name = String.join(" ", command);
    try {
      Path output = Files.createTempFile("pinferry-browser-", ".log");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(where.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(COMMAND_TIME_MAX.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(name + " ran longer than " + COMMAND_TIME_MAX);
      }
      String text = Files.readString(output, UTF_8);
      Files.delete(output);
      if (process.exitValue() != 0) {
        throw new IllegalStateException(name + " ended with " + process.exitValue() + ":\n" + text);
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot run " + name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted during " + name, e);
    }
  }
}
