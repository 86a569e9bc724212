package io.pinferry.local.cloud;

import io.pinferry.base.Patience;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts one of the programs below in a JVM of its own and kills it as {@code kill -9} does. */
final class KilledProcess {

  private KilledProcess() {}

  /**
   * Runs the program until it has printed the line, kills it in the middle of whatever it does
   * next, and returns every line it had printed.
   */
  static List<String> runUntil(Class<?> program, Path directory, String line) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                program.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader output = process.inputReader()) {
      var lines = new java.util.ArrayList<String>();
      for (String next = output.readLine(); next != null; next = output.readLine()) {
        lines.add(next);
        if (next.equals(line)) {
          kill(process);
          // Lines that are still in the pipe were printed before the kill, so they count.
          output.lines().forEach(lines::add);
          return lines;
        }
      }
      throw new IOException("the program ended by itself after " + lines);
    } finally {
      kill(process);
    }
  }

  private static void kill(Process process) throws InterruptedException {
    // By its handle: Process.destroyForcibly would also close the pipe that is still to be read.
    process.toHandle().destroyForcibly();
    if (!process.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("process " + process.pid() + " survived its kill");
    }
  }
}
