package io.pinferry.local.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs programs of this computer. */
final class Program {
  private static final int SHOWN_LINES = 15;

  private Program() {}

  /**
   * The end of a program.
   *
   * @param log the file with its error output, and its output if that has no file of its own
   */
  record Outcome(boolean good, String problem, Path log) {
    /** Returns the last lines of the log. */
    String lastLines() throws IOException {
      List<String> lines = new String(Files.readAllBytes(log), UTF_8).strip().lines().toList();
      return String.join(
          "\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
    }
  }

  /** Returns the program of this name on the PATH. */
  static Optional<Path> find(String name) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Runs a program whose output goes to the log. */
  static Outcome run(Path folder, Path log, Duration timeMax, List<String> command)
      throws IOException, InterruptedException {
    return await(
        start(folder, log, command).redirectErrorStream(true).redirectOutput(log.toFile()),
        log,
        timeMax);
  }

  /** Runs a program whose output goes to a file, and its error output to the log. */
  static Outcome run(Path folder, Path output, Path log, Duration timeMax, List<String> command)
      throws IOException, InterruptedException {
    return await(
        start(folder, log, command).redirectOutput(output.toFile()).redirectError(log.toFile()),
        log,
        timeMax);
  }

  private static ProcessBuilder start(Path folder, Path log, List<String> command)
      throws IOException {
    Files.createDirectories(folder);
    Files.deleteIfExists(log);
    return new ProcessBuilder(command).directory(folder.toFile());
  }

  private static Outcome await(ProcessBuilder builder, Path log, Duration timeMax)
      throws IOException, InterruptedException {
    Process process = builder.start();
    process.getOutputStream().close();
    try {
      if (!process.waitFor(timeMax.toSeconds(), TimeUnit.SECONDS)) {
        return new Outcome(false, "it ran longer than " + timeMax.toSeconds() + " s", log);
      }
      int code = process.exitValue();
      return new Outcome(code == 0, "it ended with " + code, log);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
