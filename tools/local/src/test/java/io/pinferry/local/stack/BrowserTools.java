package io.pinferry.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.Patience;
import io.pinferry.local.RepositoryRoot;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The programs of this computer that a browser test needs. Where one is missing, the calling test
 * is skipped, and says so.
 */
record BrowserTools(Path node, Path npm, Path chromium) {
  /** Vite needs it. */
  private static final int NODE_MAJOR_MIN = 20;

  private static final Pattern NODE_VERSION = Pattern.compile("v(\\d+)\\.");
  private static final Duration COMMAND_TIME_MAX = Patience.LIMIT.multipliedBy(2);

  /** The errors of npm without a network. */
  private static final Pattern NO_NETWORK =
      Pattern.compile("\\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH)\\b");

  /** The folders that tools make beside the sources. */
  private static final Set<String> NOT_COPIED = Set.of("node_modules", "dist", ".pinferry");

  private static final Path MAC_CHROME =
      Path.of("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");

  static BrowserTools orSkip() {
    Path node = find("node").orElseThrow(() -> skip("there is no node on the PATH"));
    Path npm = find("npm").orElseThrow(() -> skip("there is no npm on the PATH"));
    Path chromium =
        Stream.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
            .flatMap(name -> find(name).stream())
            .findFirst()
            .or(() -> Optional.of(MAC_CHROME).filter(Files::isExecutable))
            .orElseThrow(() -> skip("there is no Chromium on the PATH"));
    var tools = new BrowserTools(node, npm, chromium);
    Outcome version = tools.run(Path.of(""), Map.of(), node.toString(), "--version");
    Matcher major = NODE_VERSION.matcher(version.output());
    if (!major.find() || Integer.parseInt(major.group(1)) < NODE_MAJOR_MIN) {
      throw skip("node is older than " + NODE_MAJOR_MIN + ": " + version.output().strip());
    }
    return tools;
  }

  /** The end of a program. */
  private record Outcome(int exitCode, String output) {}

  /**
   * Copies a folder of sources to where it can be built, and installs what its lock file names,
   * unless that was done before.
   *
   * @param sources relative to the repository
   * @return the copy
   */
  Path installed(String sources) throws IOException {
    Path from = RepositoryRoot.file(sources);
    Path to = RepositoryRoot.file("tools/local/target/browser").resolve(from.getFileName());
    copy(from, to);
    Path lock = to.resolve("package-lock.json");
    Path installed = to.resolve("node_modules/installed-lock.json");
    if (!Files.exists(installed) || Files.mismatch(lock, installed) >= 0) {
      Outcome outcome =
          run(
              to,
              Map.of("npm_config_fetch_retries", "1", "npm_config_fetch_retry_mintimeout", "1000"),
              npm.toString(),
              "ci",
              "--ignore-scripts",
              "--prefer-offline",
              "--no-audit",
              "--no-fund");
      if (outcome.exitCode() != 0 && NO_NETWORK.matcher(outcome.output()).find()) {
        throw skip("npm reaches no registry: " + outcome.output());
      }
      require(outcome, "npm ci");
      Files.copy(lock, installed, StandardCopyOption.REPLACE_EXISTING);
    }
    return to;
  }

  /** Copies files of a folder of the repository into one that was {@link #installed}. */
  static void add(String sources, Path installed) throws IOException {
    copy(RepositoryRoot.file(sources), installed);
  }

  /** Runs a program of Node's to its end, which must be a good one. */
  void node(Path folder, Map<String, String> environment, String... arguments) {
    List<String> command = new ArrayList<>(List.of(node.toString()));
    command.addAll(Arrays.asList(arguments));
    require(run(folder, environment, command.toArray(String[]::new)), String.join(" ", command));
  }

  private static void require(Outcome outcome, String command) {
    if (outcome.exitCode() != 0) {
      throw new IllegalStateException(
          command + " ended with " + outcome.exitCode() + ":\n" + outcome.output());
    }
  }

  private Outcome run(Path folder, Map<String, String> environment, String... command) {
    try {
      Path output = Files.createTempFile("pinferry-browser-", ".log");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toAbsolutePath().toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(COMMAND_TIME_MAX.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(
            String.join(" ", command) + " ran longer than " + COMMAND_TIME_MAX);
      }
      String text = Files.readString(output, UTF_8);
      Files.delete(output);
      return new Outcome(process.exitValue(), text);
    } catch (IOException e) {
      throw new IllegalStateException("cannot run " + String.join(" ", command), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted during " + String.join(" ", command), e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            if (NOT_COPIED.contains(String.valueOf(folder.getFileName()))) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectories(to.resolve(from.relativize(folder)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(
                file, to.resolve(from.relativize(file)), StandardCopyOption.REPLACE_EXISTING);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static Optional<Path> find(String program) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static RuntimeException skip(String reason) {
    String loud = "SKIPPED: no browser test, since " + reason;
    System.getLogger(BrowserTools.class.getName()).log(System.Logger.Level.WARNING, loud);
    Assumptions.abort(loud);
    return new IllegalStateException(loud);
  }
}
