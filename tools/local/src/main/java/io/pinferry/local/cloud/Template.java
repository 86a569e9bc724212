package io.pinferry.local.cloud;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A deployment template (AWS SAM), read but not yet resolved. Resolving it gives the {@link Stack}
 * that runs on this machine. Resource types that the embedded cloud does not run (roles, alarms,
 * log groups) are left out; an event type or function that it does not know is an error.
 */
public final class Template {

  private static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(3);
  private static final int MEMORY_DEFAULT = 128;
  private static final int BATCH_SIZE_DEFAULT = 10;
  private static final String FUNCTION = "AWS::Serverless::Function";
  private static final String HTTP_API = "AWS::Serverless::HttpApi";
  private static final String QUEUE = "AWS::SQS::Queue";
  private static final String TABLE = "AWS::DynamoDB::Table";
  private static final List<String> QUEUE_ATTRIBUTES =
      List.of("VisibilityTimeout", "DelaySeconds", "ReceiveMessageWaitTimeSeconds");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path packages;
  private final Map<String, @Nullable Object> tree;

  private Template(Path packages, Map<String, @Nullable Object> tree) {
    this.packages = packages;
    this.tree = tree;
  }

  /**
   * Reads a template whose packages are where it says.
   *
   * @throws IllegalArgumentException when the file is not a template
   * @throws UncheckedIOException when it cannot be read
   */
  public static Template read(Path file) {
    return read(file, folder(file));
  }

  /**
   * Reads a template.
   *
   * @param packages the folder that each CodeUri starts from
   * @throws IllegalArgumentException when the file is not a template
   * @throws UncheckedIOException when it cannot be read
   */
  static Template read(Path file, Path packages) {
    try {
      return new Template(packages, TemplateYaml.parse(Files.readString(file)));
    } catch (IOException e) {
      throw new UncheckedIOException("the template " + file + " cannot be read", e);
    }
  }

  /**
   * Returns the folder that a template is in.
   *
   * @throws IllegalArgumentException when the path is no file's
   */
  static Path folder(Path file) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    if (folder == null) {
      throw new IllegalArgumentException(file + " is not a file");
    }
    return folder;
  }

  /** Returns the logical ids of the HTTP APIs, whatever their conditions say. */
  public Set<String> apiIds() {
    return ofType(HTTP_API).keySet();
  }

  /** Returns how many resources of a type there are, whatever their conditions say. */
  public int count(String type) {
    return ofType(type).size();
  }

  /** Returns how many metrics the alarms look at; one may look at several. */
  public int alarmMetrics() {
    return ofType("AWS::CloudWatch::Alarm").values().stream()
        .mapToInt(
            alarm ->
                alarm.get("Metrics") instanceof List<?> metrics
                    ? (int)
                        metrics.stream()
                            .filter(
                                one ->
                                    one instanceof Map<?, ?> map && map.get("MetricStat") != null)
                            .count()
                    : 1)
        .sum();
  }

  /** Returns the properties of each resource of a type, by its id, in the template's order. */
  private Map<String, Map<String, @Nullable Object>> ofType(String type) {
    var found = new LinkedHashMap<String, Map<String, @Nullable Object>>();
    section("Resources")
        .forEach(
            (id, resource) -> {
              if (resource instanceof Map<?, ?> map && type.equals(map.get("Type"))) {
                found.put(id, mapping(map.get("Properties")));
              }
            });
    return found;
  }

  /** Returns the default of each parameter that has one. */
  public Map<String, String> parameterDefaults() {
    var defaults = new LinkedHashMap<String, String>();
    section("Parameters")
        .forEach(
            (name, declaration) -> {
              if (declaration instanceof Map<?, ?> map && map.get("Default") != null) {
                defaults.put(name, String.valueOf(map.get("Default")));
              }
            });
    return defaults;
  }

  /**
   * Replaces every reference and returns what is declared.
   *
   * @param given values of parameters; those with a default may be missing
   * @throws IllegalArgumentException naming the path in the template, when a parameter is unknown
   *     or missing, a reference leads nowhere, or something is declared that AWS would refuse
   */
  public Stack resolve(Map<String, String> given, LocalAddresses addresses) {
    var evaluation =
        new Evaluation(
            parameters(given),
            section("Conditions"),
            section("Mappings"),
            section("Resources"),
            addresses);
    var functions = new LinkedHashMap<String, Stack.Function>();
    var apis = new LinkedHashMap<String, Stack.HttpApi>();
    var queues = new LinkedHashMap<String, Stack.Queue>();
    var tables = new LinkedHashMap<String, Stack.Table>();
    for (Map.Entry<String, @Nullable Object> entry : section("Resources").entrySet()) {
      String id = entry.getKey();
      String path = "Resources." + id;
      if (!(entry.getValue() instanceof Map<?, ?> resource)) {
        throw new IllegalArgumentException(path + " is not a mapping");
      }
      if (!holds(resource.get("Condition"), evaluation, path)) {
        continue;
      }
      var properties =
          new Properties(evaluation, path + ".Properties", mapping(resource.get("Properties")));
      switch (String.valueOf(resource.get("Type"))) {
        case FUNCTION -> functions.put(id, function(id, properties, evaluation));
        case HTTP_API -> apis.put(id, new Stack.HttpApi(id, cors(properties, evaluation)));
        case QUEUE -> queues.put(id, queue(id, properties, evaluation));
        case TABLE -> tables.put(id, table(id, properties, evaluation));
        default -> {
          // Roles, alarms, log groups, policies: nothing to run here.
        }
      }
    }
    checkRoutes(functions, apis);
    var outputs = new LinkedHashMap<String, String>();
    section("Outputs")
        .forEach(
            (name, output) -> {
              Map<String, @Nullable Object> declared = mapping(output);
              if (holds(declared.get("Condition"), evaluation, "Outputs." + name)) {
                new Properties(evaluation, "Outputs." + name, declared)
                    .text("Value")
                    .ifPresent(value -> outputs.put(name, value));
              }
            });
    return new Stack(functions, apis, queues, tables, outputs);
  }

  /** Returns whether what has this condition, or null for none, exists. */
  private static boolean holds(@Nullable Object condition, Evaluation evaluation, String path) {
    return condition == null || evaluation.condition(condition.toString(), path);
  }

  private Map<String, @Nullable Object> parameters(Map<String, String> given) {
    Map<String, @Nullable Object> declared = section("Parameters");
    for (String name : given.keySet()) {
      if (!declared.containsKey(name)) {
        throw new IllegalArgumentException(
            "the template has no parameter " + name + "; it has " + declared.keySet());
      }
    }
    var values = new LinkedHashMap<String, @Nullable Object>();
    Map<String, String> defaults = parameterDefaults();
    declared.forEach(
        (name, declaration) -> {
          String value = given.getOrDefault(name, defaults.get(name));
          if (value == null) {
            throw new IllegalArgumentException(
                "parameter " + name + " has no default; give it a value");
          }
          boolean list =
              declaration instanceof Map<?, ?> map
                  && String.valueOf(map.get("Type")).contains("List");
          values.put(name, list ? List.of(value.split("\\s*,\\s*", -1)) : value);
        });
    return values;
  }

  private Stack.Function function(String id, Properties own, Evaluation evaluation) {
    Properties properties = own.over(mapping(mapping(tree.get("Globals")).get("Function")));
    Map<String, String> environment = new LinkedHashMap<>();
    properties.child("Environment").child("Variables").texts().forEach(environment::put);
    var triggers = new ArrayList<Stack.Trigger>();
    Properties events = properties.child("Events");
    for (String name : events.names()) {
      trigger(id, name, events.child(name)).ifPresent(triggers::add);
    }
    return new Stack.Function(
        id,
        evaluation.functionArn(id),
        properties.required("Handler"),
        packages.resolve(properties.required("CodeUri")).normalize(),
        properties.number("Timeout").map(Duration::ofSeconds).orElse(TIMEOUT_DEFAULT),
        properties.number("MemorySize").orElse(MEMORY_DEFAULT),
        properties.child("SnapStart").text("ApplyOn").orElse("None").equals("PublishedVersions"),
        environment,
        triggers,
        policies(properties, evaluation));
  }

  /** Returns the policies of a function: its own, or those of the role that it names. */
  private List<Object> policies(Properties function, Evaluation evaluation) {
    if (!(function.values.get("Role") instanceof Intrinsic(String _, String role))) {
      return function.list("Policies");
    }
    String id = role.replaceFirst("\\.Arn$", "");
    var properties =
        new Properties(
            evaluation,
            "Resources." + id + ".Properties",
            mapping(mapping(section("Resources").get(id)).get("Properties")));
    return properties.children("Policies").stream()
        .map(policy -> policy.value("PolicyDocument").orElseThrow())
        .toList();
  }

  private static Optional<Stack.Trigger> trigger(String function, String name, Properties event) {
    Properties properties = event.child("Properties");
    boolean enabled =
        properties.flag("Enabled").orElse(true)
            && !properties.text("State").orElse("ENABLED").equals("DISABLED");
    String type = event.required("Type");
    Stack.Trigger trigger =
        switch (type) {
          case "HttpApi" -> http(name, properties);
          case "SQS" -> sqs(name, properties);
          case "Schedule", "ScheduleV2" -> scheduled(function, name, type, properties);
          default ->
              throw new IllegalArgumentException(
                  event.path() + ".Type: the embedded cloud has no event source " + type);
        };
    return enabled ? Optional.of(trigger) : Optional.empty();
  }

  private static Stack.Trigger http(String name, Properties properties) {
    String api = properties.required("ApiId");
    String path = properties.text("Path").orElse(RouteKey.DEFAULT);
    try {
      return new Stack.Trigger.Http(
          name, api, new RouteKey(properties.text("Method").orElse("ANY"), path));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(properties.path() + ": " + e.getMessage(), e);
    }
  }

  private static Stack.Trigger sqs(String name, Properties properties) {
    Properties scaling = properties.child("ScalingConfig");
    int batchSize = properties.number("BatchSize").orElse(BATCH_SIZE_DEFAULT);
    Duration window =
        Duration.ofSeconds(properties.number("MaximumBatchingWindowInSeconds").orElse(0));
    if (batchSize < 1 || batchSize > 10_000) {
      throw new IllegalArgumentException(
          properties.path() + ".BatchSize: " + batchSize + " is not within 1 to 10000");
    }
    if (batchSize > BATCH_SIZE_DEFAULT && window.isZero()) {
      throw new IllegalArgumentException(
          properties.path()
              + ".BatchSize: more than 10 needs a MaximumBatchingWindowInSeconds of at least 1");
    }
    Integer concurrencyMax = scaling.number("MaximumConcurrency").orElse(null);
    if (concurrencyMax != null && concurrencyMax < 2) {
      throw new IllegalArgumentException(
          scaling.path() + ".MaximumConcurrency: AWS wants at least 2");
    }
    return new Stack.Trigger.Sqs(
        name,
        properties.required("Queue"),
        batchSize,
        window,
        concurrencyMax,
        properties.list("FunctionResponseTypes").contains("ReportBatchItemFailures"));
  }

  private static Stack.Trigger scheduled(
      String function, String name, String type, Properties properties) {
    boolean rule = type.equals("Schedule");
    String property = rule ? "Schedule" : "ScheduleExpression";
    String expression = properties.required(property);
    try {
      return new Stack.Trigger.Schedule(
          name,
          rule ? "aws.events" : "aws.scheduler",
          (rule
                  ? "arn:aws:events:local:000000000000:rule/"
                  : "arn:aws:scheduler:local:000000000000:schedule/default/")
              + function
              + name,
          ScheduleExpression.parse(expression),
          properties.text("Input").orElse(null));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          properties.path() + "." + property + ": " + e.getMessage(), e);
    }
  }

  private @Nullable Cors cors(Properties own, Evaluation evaluation) {
    Properties properties = own.over(mapping(mapping(tree.get("Globals")).get("HttpApi")));
    Optional<Object> configured = properties.value("CorsConfiguration");
    if (configured.isEmpty() || configured.get().equals(false)) {
      return null;
    }
    if (configured.get().equals(true)) {
      // SAM's short form allows every origin and nothing else.
      return new Cors(List.of("*"), List.of(), List.of(), List.of(), null, false);
    }
    var cors =
        new Properties(evaluation, own.path() + ".CorsConfiguration", mapping(configured.get()));
    boolean credentials = cors.flag("AllowCredentials").orElse(false);
    List<String> origins = cors.strings("AllowOrigins");
    if (credentials && origins.contains("*")) {
      throw new IllegalArgumentException(
          cors.path() + ": AWS refuses AllowCredentials with the origin *");
    }
    return new Cors(
        origins,
        cors.strings("AllowMethods"),
        cors.strings("AllowHeaders"),
        cors.strings("ExposeHeaders"),
        cors.number("MaxAge").orElse(null),
        credentials);
  }

  private static Stack.Queue queue(String id, Properties properties, Evaluation evaluation) {
    var attributes = new LinkedHashMap<String, String>();
    for (String attribute : QUEUE_ATTRIBUTES) {
      properties.text(attribute).ifPresent(value -> attributes.put(attribute, value));
    }
    for (String fifo : List.of("FifoQueue", "ContentBasedDeduplication")) {
      properties.flag(fifo).filter(on -> on).ifPresent(on -> attributes.put(fifo, "true"));
    }
    properties
        .value("RedrivePolicy")
        .ifPresent(
            policy -> {
              try {
                attributes.put("RedrivePolicy", JSON.writeValueAsString(policy));
              } catch (JsonProcessingException e) {
                throw new IllegalArgumentException(properties.path() + ".RedrivePolicy", e);
              }
            });
    return new Stack.Queue(id, evaluation.queueName(id), evaluation.queueArn(id), attributes);
  }

  private static Stack.Table table(String id, Properties properties, Evaluation evaluation) {
    var attributes = new LinkedHashMap<String, String>();
    for (Properties attribute : properties.children("AttributeDefinitions")) {
      attributes.put(attribute.required("AttributeName"), attribute.required("AttributeType"));
    }
    Properties ttl = properties.child("TimeToLiveSpecification");
    return new Stack.Table(
        id,
        evaluation.tableName(id),
        attributes,
        key(properties),
        indexes(properties.children("LocalSecondaryIndexes")),
        indexes(properties.children("GlobalSecondaryIndexes")),
        ttl.flag("Enabled").orElse(false) ? ttl.text("AttributeName").orElse(null) : null);
  }

  private static List<Stack.Index> indexes(List<Properties> declared) {
    var indexes = new ArrayList<Stack.Index>();
    for (Properties index : declared) {
      Properties projection = index.child("Projection");
      indexes.add(
          new Stack.Index(
              index.required("IndexName"),
              key(index),
              projection.text("ProjectionType").orElse("ALL"),
              projection.strings("NonKeyAttributes")));
    }
    return indexes;
  }

  private static Stack.Key key(Properties holder) {
    String partition = null;
    String sort = null;
    for (Properties part : holder.children("KeySchema")) {
      String name = part.required("AttributeName");
      if (part.required("KeyType").equals("HASH")) {
        partition = name;
      } else {
        sort = name;
      }
    }
    if (partition == null) {
      throw new IllegalArgumentException(holder.path() + ".KeySchema: there is no HASH key");
    }
    return new Stack.Key(partition, sort);
  }

  private static void checkRoutes(
      Map<String, Stack.Function> functions, Map<String, Stack.HttpApi> apis) {
    var taken = new LinkedHashMap<String, String>();
    for (Stack.Function function : functions.values()) {
      for (Stack.Trigger trigger : function.triggers()) {
        if (!(trigger instanceof Stack.Trigger.Http http)) {
          continue;
        }
        String path = "Resources." + function.id() + ".Properties.Events." + http.id();
        if (!apis.containsKey(http.api())) {
          throw new IllegalArgumentException(
              path + ".ApiId: there is no HTTP API " + http.api() + " in the template");
        }
        String other = taken.putIfAbsent(http.api() + " " + http.route(), path);
        if (other != null) {
          throw new IllegalArgumentException(
              path + ": route " + http.route() + " of " + http.api() + " is also that of " + other);
        }
      }
    }
  }

  private Map<String, @Nullable Object> section(String name) {
    return mapping(tree.get(name));
  }

  private static Map<String, @Nullable Object> mapping(@Nullable Object node) {
    return node instanceof Map<?, ?> map
        ? TemplateYaml.strings(map)
        : Map.<String, @Nullable Object>of();
  }

  /** Typed access to the properties at one path, functions evaluated when asked for. */
  private static final class Properties {

    private final Evaluation evaluation;
    private final String path;
    private final Map<String, @Nullable Object> values;

    private Properties(Evaluation evaluation, String path, Map<String, @Nullable Object> values) {
      this.evaluation = evaluation;
      this.path = path;
      this.values = values;
    }

    private String path() {
      return path;
    }

    /** Merges with the template's globals as SAM does: maps key by key, own values win. */
    private Properties over(Map<String, @Nullable Object> globals) {
      return new Properties(evaluation, path, merge(globals, values));
    }

    private static Map<String, @Nullable Object> merge(
        Map<String, @Nullable Object> globals, Map<String, @Nullable Object> own) {
      var merged = new LinkedHashMap<String, @Nullable Object>(globals);
      own.forEach(
          (key, value) -> {
            if (value instanceof Map<?, ?> && merged.get(key) instanceof Map<?, ?>) {
              merged.put(key, merge(mapping(merged.get(key)), mapping(value)));
            } else {
              merged.put(key, value);
            }
          });
      return merged;
    }

    private Set<String> names() {
      return values.keySet();
    }

    private Optional<Object> value(String name) {
      return evaluation.evaluate(values.get(name), path + "." + name);
    }

    private Properties child(String name) {
      Object child = values.get(name);
      Object evaluated = child instanceof Intrinsic ? value(name).orElse(null) : child;
      return new Properties(evaluation, path + "." + name, mapping(evaluated));
    }

    private List<Properties> children(String name) {
      var children = new ArrayList<Properties>();
      if (value(name).orElse(null) instanceof List<?> list) {
        for (int i = 0; i < list.size(); i++) {
          children.add(
              new Properties(evaluation, path + "." + name + "[" + i + "]", mapping(list.get(i))));
        }
      }
      return children;
    }

    private Optional<String> text(String name) {
      return value(name).map(Object::toString);
    }

    private String required(String name) {
      try {
        return text(name).orElseThrow();
      } catch (NoSuchElementException e) {
        throw new IllegalArgumentException(path + "." + name + " is missing", e);
      }
    }

    private Optional<Integer> number(String name) {
      return text(name)
          .map(
              text -> {
                try {
                  return Integer.valueOf(text);
                } catch (NumberFormatException e) {
                  throw new IllegalArgumentException(
                      path + "." + name + ": " + text + " is not a whole number", e);
                }
              });
    }

    private Optional<Boolean> flag(String name) {
      return text(name).map(Boolean::parseBoolean);
    }

    private List<Object> list(String name) {
      var list = new ArrayList<Object>();
      switch (value(name).orElse(null)) {
        case List<?> values -> list.addAll(values);
        case null -> {}
        case Object single -> list.add(single);
      }
      return list;
    }

    private List<String> strings(String name) {
      return list(name).stream().map(Object::toString).toList();
    }

    private Map<String, String> texts() {
      var texts = new LinkedHashMap<String, String>();
      for (String name : names()) {
        text(name).ifPresent(value -> texts.put(name, value));
      }
      return texts;
    }
  }
}
