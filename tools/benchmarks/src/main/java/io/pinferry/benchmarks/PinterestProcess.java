package io.pinferry.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.local.simulator.Fault;
import io.pinferry.local.simulator.PinterestSimulator;
import io.pinferry.local.simulator.SimulatedApp;
import io.pinferry.local.simulator.SimulatorServer;
import io.pinferry.local.simulator.SimulatorSettings;
import io.pinferry.local.simulator.StateStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;

/**
 * A Pinterest in a process of its own, so that what it costs is not counted to the reader; and a
 * token for its account.
 */
record PinterestProcess(Process process, URI address, String token) implements AutoCloseable {
  private static final String CLIENT_ID = "1500000";

  /**
   * Starts it; returns when it answers.
   *
   * @param latency of each answer, beside what making it takes
   */
  static PinterestProcess start(int pins, Duration latency) throws IOException {
    return start(pins, 0, latency, false);
  }

  /**
   * Starts it; returns when it answers.
   *
   * @param boards how many there are, 0 for as many as fit the pins
   * @param latency of each answer, beside what making it takes
   * @param limits whether rate limits hold
   */
  static PinterestProcess start(int pins, int boards, Duration latency, boolean limits)
      throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                PinterestProcess.class.getName(),
                Integer.toString(pins),
                Integer.toString(boards),
                Long.toString(latency.toMillis()),
                Boolean.toString(limits))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    // Closing the process's streams is what ending it does.
    var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    String line = lines.readLine();
    if (line == null) {
      process.destroyForcibly();
      throw new IOException("the simulated Pinterest did not start");
    }
    String[] said = line.split(" ", -1);
    return new PinterestProcess(process, URI.create(said[0]), said[1]);
  }

  /** Serves until its parent ends it or is gone. */
  public static void main(String[] arguments) throws IOException {
    var app = new SimulatedApp(CLIENT_ID, "simulated-app-secret", Set.of("http://localhost/"));
    var simulator =
        new PinterestSimulator(
            SimulatorSettings.of(1, Integer.parseInt(arguments[0]), app)
                .withBoards(Integer.parseInt(arguments[1]))
                .withRateLimits(Boolean.parseBoolean(arguments[3])),
            InstantSource.system(),
            StateStore.forgetful());
    Duration latency = Duration.ofMillis(Long.parseLong(arguments[2]));
    if (latency.isPositive()) {
      simulator.addFault(Fault.always(new Fault.Latency(latency)));
    }
    try (var server = SimulatorServer.start(simulator, 0)) {
      System.out.println(
          server.address()
              + " "
              + simulator.issueAccessToken(CLIENT_ID, Set.copyOf(PinterestSimulator.scopes())));
      // The parent never writes: this returns when it is gone.
      System.in.transferTo(OutputStream.nullOutputStream());
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
