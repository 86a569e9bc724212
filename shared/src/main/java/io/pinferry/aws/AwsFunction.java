package io.pinferry.aws;

import static io.pinferry.base.Field.field;

import com.amazonaws.services.lambda.runtime.Context;
import io.pinferry.assembly.Assembly;
import io.pinferry.assembly.Settings;
import io.pinferry.base.Correlation;
import io.pinferry.base.Environment;
import io.pinferry.base.Log;
import io.pinferry.base.Metric;
import io.pinferry.base.Tasks;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.http.Endpoint;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import software.amazon.lambda.powertools.logging.PowertoolsLogging;

/**
 * The parts of every Lambda function: the assembly on AWS, its log, and the visibility of messages.
 */
public final class AwsFunction {
  private final AwsClients aws;
  private final AwsPorts ports;
  private final Assembly assembly;
  private final PowertoolsLines lines = new PowertoolsLines();
  private final PowertoolsMetrics metrics = new PowertoolsMetrics();
  private final boolean secrets;
  private final Log log;

  /** The runtime holds them only weakly. */
  private final List<Priming> primings = new ArrayList<>();

  private AwsFunction(String name, Environment environment) {
    Clock clock = Clock.systemUTC();
    this.aws = new AwsClients(environment.variables());
    this.log = Log.to(lines, metrics).with(field("function", name));
    this.ports = new AwsPorts(environment, aws, new VirtualThreadTasks(clock), log);
    this.secrets = environment.variables().containsKey(SecretStores.PREFIX);
    this.assembly = new Assembly(ports, Settings.of(environment));
  }

  /**
   * Builds the parts of a handler. Lambda calls the constructor of the handler once, so a wrong
   * setting fails as an init error.
   *
   * @param variables the environment of the function
   * @throws IllegalArgumentException if a setting is missing, unreadable, or not read by the
   *     function
   */
  public static <T> T build(
      String name, Map<String, String> variables, Function<AwsFunction, T> needs) {
    Environment environment = Environment.of(variables);
    T built = needs.apply(new AwsFunction(name, environment));
    environment.requireNoOthers();
    return built;
  }

  public Assembly assembly() {
    return assembly;
  }

  public Tasks tasks() {
    return ports.tasks();
  }

  public Log log() {
    return log;
  }

  /**
   * Returns a door that is ready for SnapStart.
   *
   * @param path of a route of the door that needs a key
   */
  public Endpoint primed(Endpoint door, String method, String path) {
    primings.add(Priming.of(door, method, path, this::primeTheRest, log));
    return door;
  }

  private void primeTheRest() {
    if (secrets) {
      ports.secrets().find("priming");
    }
    metrics.add(Metric.RATE_LIMITED, 0);
    metrics.flush("priming");
    PowertoolsLogging.clearState(true);
  }

  /** The work of one event. */
  @FunctionalInterface
  public interface Invocation {
    void run() throws IOException;
  }

  /**
   * Runs an invocation. Each line of the log names it; its debug lines are written only if it
   * fails; its metrics are written at its end.
   *
   * @throws IOException what the invocation throws; Lambda then tells its caller
   */
  public void run(Context context, Invocation invocation) throws IOException {
    // The log marks the end of the cold start, so its metric comes first.
    metrics.coldStart(context);
    PowertoolsLogging.initializeLogging(context);
    lines.begin();
    try {
      Correlation.call(
          context.getAwsRequestId(),
          () -> {
            invocation.run();
            return null;
          });
    } catch (IOException | RuntimeException e) {
      log.error("invocation failed", e);
      throw e;
    } finally {
      metrics.flush(context.getAwsRequestId());
      lines.end();
      PowertoolsLogging.clearState(true);
    }
  }

  /** Returns the visibility of messages in the delivery queue. */
  public MessageVisibility deliveryQueueVisibility() {
    return new SqsMessageVisibility(aws::sqs, ports.deliveryQueueUrl());
  }
}
