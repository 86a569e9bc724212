package io.pinferry.local.cloud;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The declarations of a template, with every reference replaced by its local value. All maps are
 * keyed by logical id, in the template's order.
 *
 * @param outputs the values of the template's outputs
 */
public record Stack(
    Map<String, Function> functions,
    Map<String, HttpApi> apis,
    Map<String, Queue> queues,
    Map<String, Table> tables,
    Map<String, String> outputs) {

  /**
   * One Lambda function.
   *
   * @param arn as GetAtt gives it
   * @param handler class name, perhaps with {@code ::method}
   * @param code the directory or archive that CodeUri names
   * @param snapStart whether a new environment is restored from a snapshot
   * @param environment the template's variables, without those of the local endpoints
   * @param policies as they stand in the template, references replaced
   */
  public record Function(
      String id,
      String arn,
      String handler,
      Path code,
      Duration timeout,
      int memoryMegabytes,
      boolean snapStart,
      Map<String, String> environment,
      List<Trigger> triggers,
      List<Object> policies) {

    public Function {
      environment = Map.copyOf(environment);
      triggers = List.copyOf(triggers);
      policies = List.copyOf(policies);
    }
  }

  /** The trigger of a function. */
  public sealed interface Trigger {

    /** Returns the event's name within its function. */
    String id();

    /**
     * A route of an HTTP API.
     *
     * @param api logical id of the API
     */
    record Http(String id, String api, RouteKey route) implements Trigger {}

    /**
     * An event source mapping of a queue.
     *
     * @param queueArn the queue's ARN
     * @param batchSize messages a batch, 1 to 10,000
     * @param window how long a batch may wait to fill, zero by default
     * @param concurrencyMax how many batches are processed at once; null means no limit of its own
     * @param partialFailures whether the function answers which messages failed
     */
    record Sqs(
        String id,
        String queueArn,
        int batchSize,
        Duration window,
        @Nullable Integer concurrencyMax,
        boolean partialFailures)
        implements Trigger {}

    /**
     * A schedule.
     *
     * @param source {@code aws.events} for a rule, {@code aws.scheduler} for EventBridge Scheduler
     * @param arn of the rule or schedule, which the event names as its resource
     * @param input what the function gets instead of the event, as JSON
     */
    record Schedule(
        String id, String source, String arn, ScheduleExpression when, @Nullable String input)
        implements Trigger {}
  }

  /**
   * One HTTP API.
   *
   * @param cors absent when the template configures none
   */
  public record HttpApi(String id, @Nullable Cors cors) {}

  /** One queue; the attributes are those of CreateQueue. */
  public record Queue(String id, String name, String arn, Map<String, String> attributes) {
    private static final String VISIBILITY_TIMEOUT = "VisibilityTimeout";

    public Queue {
      attributes = Map.copyOf(attributes);
    }

    /**
     * Returns the same queue, hiding a received message no longer than this.
     *
     * @param max null for as long as it does
     */
    Queue withVisibilityMax(@Nullable Duration max) {
      String visibility = attributes.get(VISIBILITY_TIMEOUT);
      if (max == null || visibility == null || Long.parseLong(visibility) <= max.toSeconds()) {
        return this;
      }
      Map<String, String> shorter = new TreeMap<>(attributes);
      shorter.put(VISIBILITY_TIMEOUT, Long.toString(max.toSeconds()));
      return new Queue(id, name, arn, shorter);
    }

    /** Returns whether this queue can be created only after another one. */
    boolean redrives() {
      return attributes.containsKey("RedrivePolicy");
    }
  }

  /**
   * One table.
   *
   * @param attributes type (S, N or B) by name of each key attribute
   * @param ttlAttribute what holds the expiry, absent when nothing expires
   */
  public record Table(
      String id,
      String name,
      Map<String, String> attributes,
      Key key,
      List<Index> localIndexes,
      List<Index> globalIndexes,
      @Nullable String ttlAttribute) {

    public Table {
      attributes = Map.copyOf(attributes);
      localIndexes = List.copyOf(localIndexes);
      globalIndexes = List.copyOf(globalIndexes);
    }
  }

  /** A partition key and perhaps a sort key. */
  public record Key(String partition, @Nullable String sort) {}

  /**
   * A secondary index.
   *
   * @param projection {@code ALL}, {@code KEYS_ONLY} or {@code INCLUDE}
   */
  public record Index(String name, Key key, String projection, List<String> included) {

    public Index {
      included = List.copyOf(included);
    }
  }
}
