package io.pinferry.local.cloud;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An environment in a process of its own, run by Lambda's real runtime client with the function's
 * memory and environment variables. It can be killed, which is what crash tests do.
 */
final class ProcessEnvironment implements FunctionEnvironment {

  /** Connects the hooks before a snapshot, as the managed runtime does. */
  private static final String SNAPSHOT_HOOKS =
      "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac";

  private static final Duration INIT_TIME_MAX = Duration.ofSeconds(60);

  /** The variables that a process needs from the environment of its parent. */
  private static final Set<String> INHERITED =
      Set.of("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ");

  private final Stack.Function function;
  private final Process process;
  private final RuntimeApi api;
  private final FunctionLog log;
  private final InstantSource clock;
  private volatile boolean usable = true;

  private ProcessEnvironment(
      Stack.Function function,
      Process process,
      RuntimeApi api,
      FunctionLog log,
      InstantSource clock) {
    this.function = function;
    this.process = process;
    this.api = api;
    this.log = log;
    this.clock = clock;
  }

  /**
   * Starts a process and waits until it asks for its first event.
   *
   * @param code the unpacked package, which the client loads as the managed runtime does
   * @param client the directory of the runtime client's jars
   * @throws FunctionFailure when the process does not start, or the function refuses its settings
   */
  static ProcessEnvironment start(
      Stack.Function function,
      Path code,
      Path client,
      Map<String, String> environment,
      FunctionLog log,
      InstantSource clock)
      throws FunctionFailure {
    RuntimeApi api = RuntimeApi.start(function);
    Process process;
    try {
      process = launch(function, code, client, environment, api.address());
    } catch (IOException e) {
      api.close();
      throw new FunctionFailure(
          "Runtime.StartError", "function " + function.id() + " does not start: " + e, e);
    }
    Thread.ofVirtual().name("log-" + function.id()).start(() -> copyOutput(process, log));
    var _ =
        process
            .onExit()
            .thenAccept(
                ended ->
                    api.processEnded(
                        new InvocationResult.Failure(
                            "Runtime.ExitError",
                            "the process ended with exit status " + ended.exitValue())));
    var started = new ProcessEnvironment(function, process, api, log, clock);
    try {
      api.ready().get(INIT_TIME_MAX.toMillis(), TimeUnit.MILLISECONDS);
      return started;
    } catch (ExecutionException e) {
      started.close();
      if (e.getCause() instanceof FunctionFailure failure) {
        throw failure;
      }
      throw new IllegalStateException("an init error is always a function's", e);
    } catch (TimeoutException e) {
      started.close();
      throw new FunctionFailure(
          "Sandbox.Timedout",
          "function "
              + function.id()
              + " does not start within "
              + INIT_TIME_MAX.toSeconds()
              + " s",
          e);
    } catch (InterruptedException e) {
      started.close();
      Thread.currentThread().interrupt();
      throw new FunctionFailure("Sandbox.Stopped", "the embedded cloud stops", e);
    }
  }

  private static Process launch(
      Stack.Function function,
      Path code,
      Path client,
      Map<String, String> environment,
      String runtimeApi)
      throws IOException {
    // Lambda's memory is that of the whole process; the managed runtime leaves some for the JVM.
    int heapMegabytes = Math.max(64, function.memoryMegabytes() * 4 / 5);
    var builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                function.snapStart() ? SNAPSHOT_HOOKS : "-XX:TieredStopAtLevel=1",
                "-Xmx" + heapMegabytes + "m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                client + "/*",
                "com.amazonaws.services.lambda.runtime.api.client.AWSLambda",
                function.handler())
            // The client loads the function from its working directory, not from the task root.
            .directory(code.toFile())
            .redirectErrorStream(true);
    Map<String, String> variables = builder.environment();
    variables.keySet().retainAll(INHERITED);
    variables.putAll(environment);
    variables.put("AWS_LAMBDA_RUNTIME_API", runtimeApi);
    variables.put(
        "AWS_LAMBDA_INITIALIZATION_TYPE", function.snapStart() ? "snap-start" : "on-demand");
    variables.put("_HANDLER", function.handler());
    variables.put("LAMBDA_TASK_ROOT", code.toString());
    variables.put("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + function.id());
    variables.put("AWS_LAMBDA_LOG_STREAM_NAME", "local");
    Process process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  private static void copyOutput(Process process, FunctionLog log) {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        log.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      // A killed process takes its pipe with it; what it had written has been read.
      process.destroyForcibly();
    }
  }

  /**
   * Returns where the build puts the runtime client: beside this program's own build.
   *
   * @throws IllegalStateException when it is not there, naming the command that puts it there
   */
  static Path client(Path build) {
    if (!System.getProperty("os.name").equals("Linux")) {
      throw new IllegalStateException(
          "functions in processes of their own need Linux, because Lambda's runtime client has"
              + " native code for nothing else; leave --processes out");
    }
    Path client = build.resolve("ric");
    if (!Files.isDirectory(client)) {
      throw new IllegalStateException(
          "Lambda's runtime client is missing in " + client + "; build with: mvn -B package");
    }
    return client;
  }

  @Override
  public InvocationResult invoke(Invocation invocation) {
    CompletableFuture<InvocationResult> answer = api.submit(invocation);
    Duration remaining = Duration.between(clock.instant(), invocation.deadline());
    try {
      InvocationResult result =
          answer.get(Math.max(0, remaining.toMillis()), TimeUnit.MILLISECONDS);
      if (result instanceof InvocationResult.Failure(String type, String message)) {
        log.event(
            "ERROR",
            function.id(),
            "invocation failed: " + type + ": " + message,
            invocation.requestId());
      }
      return result;
    } catch (TimeoutException e) {
      kill();
      String message = "Task timed out after " + function.timeout().toSeconds() + ".00 seconds";
      log.event("ERROR", function.id(), message, invocation.requestId());
      return new InvocationResult.Failure("Sandbox.Timedout", message);
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
      return new InvocationResult.Failure("Sandbox.Stopped", "the embedded cloud stops");
    } catch (ExecutionException e) {
      throw new IllegalStateException("an answer never fails, it is a failure", e);
    }
  }

  private void kill() {
    usable = false;
    process.destroyForcibly();
  }

  @Override
  public boolean usable() {
    return usable && process.isAlive();
  }

  @Override
  public OptionalLong processId() {
    return OptionalLong.of(process.pid());
  }

  @Override
  public void close() {
    kill();
    api.close();
  }
}
