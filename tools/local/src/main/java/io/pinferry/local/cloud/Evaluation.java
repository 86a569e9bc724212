package io.pinferry.local.cloud;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Evaluates the functions of one template against parameters and local addresses. */
final class Evaluation {

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(!?)([^}]*)}");
  private static final String STACK = "pinferry";

  /** The value of {@code AWS::NoValue}. Its key or list entry disappears. */
  private static final Object NOTHING = new Object();

  private final Map<String, @Nullable Object> parameters;
  private final Map<String, ?> conditions;
  private final Map<String, ?> mappings;
  private final Map<String, ?> resources;
  private final LocalAddresses addresses;
  private final Set<String> conditionsUnderWay = new HashSet<>();

  Evaluation(
      Map<String, @Nullable Object> parameters,
      Map<String, ?> conditions,
      Map<String, ?> mappings,
      Map<String, ?> resources,
      LocalAddresses addresses) {
    this.parameters = parameters;
    this.conditions = conditions;
    this.mappings = mappings;
    this.resources = resources;
    this.addresses = addresses;
  }

  /** Returns the value without functions, or empty when it is absent or {@code AWS::NoValue}. */
  Optional<Object> evaluate(@Nullable Object node, String path) {
    Object value = value(node, path);
    return value == null || value == NOTHING ? Optional.empty() : Optional.of(value);
  }

  private @Nullable Object value(@Nullable Object node, String path) {
    return switch (node) {
      case null -> null;
      case Intrinsic intrinsic -> apply(intrinsic, path);
      case Map<?, ?> map -> {
        var copy = new LinkedHashMap<String, @Nullable Object>();
        map.forEach(
            (key, entry) -> {
              Object value = value(entry, path + "." + key);
              if (value != NOTHING) {
                copy.put(String.valueOf(key), value);
              }
            });
        yield copy;
      }
      case List<?> list -> {
        var copy = new ArrayList<@Nullable Object>();
        for (int i = 0; i < list.size(); i++) {
          Object value = value(list.get(i), path + "[" + i + "]");
          if (value != NOTHING) {
            copy.add(value);
          }
        }
        yield copy;
      }
      default -> node;
    };
  }

  private @Nullable Object apply(Intrinsic function, String path) {
    String here = path + "!" + function.name();
    Object argument = function.argument();
    return switch (function.name()) {
      case "Ref" -> reference(text(argument, here), here);
      case "GetAtt" -> attribute(argument, here);
      case "Sub" -> substitute(argument, here);
      case "Join" -> {
        List<?> parts = list(argument, here, 2);
        var strings = new ArrayList<String>();
        list(value(parts.get(1), here), here).forEach(part -> strings.add(String.valueOf(part)));
        yield withLocalApis(String.join(text(value(parts.getFirst(), here), here), strings));
      }
      case "Split" -> {
        List<?> parts = list(argument, here, 2);
        String delimiter = text(value(parts.getFirst(), here), here);
        yield List.of(text(value(parts.get(1), here), here).split(Pattern.quote(delimiter), -1));
      }
      case "Select" -> {
        List<?> parts = list(argument, here, 2);
        int index = Integer.parseInt(text(value(parts.getFirst(), here), here));
        List<?> choices = list(value(parts.get(1), here), here);
        if (index < 0 || index >= choices.size()) {
          throw new IllegalArgumentException(
              here + ": there is no entry " + index + " among " + choices.size());
        }
        yield choices.get(index);
      }
      case "If" -> {
        List<?> parts = list(argument, here, 3);
        yield value(
            condition(text(parts.getFirst(), here), here) ? parts.get(1) : parts.get(2), here);
      }
      case "FindInMap" -> {
        List<?> keys = list(argument, here, 3);
        Object found = mappings;
        for (Object key : keys) {
          String name = text(value(key, here), here);
          found = found instanceof Map<?, ?> map ? map.get(name) : null;
          if (found == null) {
            throw new IllegalArgumentException(here + ": there is no " + name + " in Mappings");
          }
        }
        yield found;
      }
      case "Base64" ->
          java.util.Base64.getEncoder()
              .encodeToString(
                  text(value(argument, here), here)
                      .getBytes(java.nio.charset.StandardCharsets.UTF_8));
      case "Equals", "And", "Or", "Not", "Condition" -> truth(function, here);
      default ->
          throw new IllegalArgumentException(
              here + ": the embedded cloud does not know this function; extend Evaluation");
    };
  }

  /** Evaluates a condition of the template by its name. */
  boolean condition(String name, String path) {
    if (!conditions.containsKey(name)) {
      throw new IllegalArgumentException(path + ": there is no condition " + name);
    }
    if (!conditionsUnderWay.add(name)) {
      throw new IllegalArgumentException(path + ": condition " + name + " refers to itself");
    }
    try {
      return truth(conditions.get(name), "Conditions." + name);
    } finally {
      conditionsUnderWay.remove(name);
    }
  }

  private boolean truth(@Nullable Object node, String path) {
    if (!(node instanceof Intrinsic function)) {
      return Boolean.parseBoolean(String.valueOf(node));
    }
    Object argument = function.argument();
    return switch (function.name()) {
      case "Equals" -> {
        List<?> sides = list(argument, path, 2);
        yield String.valueOf(value(sides.getFirst(), path))
            .equals(String.valueOf(value(sides.get(1), path)));
      }
      case "And" -> list(argument, path).stream().allMatch(part -> truth(part, path));
      case "Or" -> list(argument, path).stream().anyMatch(part -> truth(part, path));
      case "Not" -> !truth(list(argument, path, 1).getFirst(), path);
      case "Condition" -> condition(text(argument, path), path);
      default -> Boolean.parseBoolean(String.valueOf(apply(function, path)));
    };
  }

  private Object substitute(@Nullable Object argument, String path) {
    String pattern;
    Map<String, @Nullable Object> own;
    if (argument instanceof List<?> parts && parts.size() == 2) {
      pattern = text(parts.getFirst(), path);
      own =
          parts.get(1) instanceof Map<?, ?> map
              ? TemplateYaml.strings(map)
              : Map.<String, @Nullable Object>of();
    } else {
      pattern = text(argument, path);
      own = Map.of();
    }
    Matcher variable = VARIABLE.matcher(pattern);
    var result = new StringBuilder();
    while (variable.find()) {
      String name = variable.group(2).strip();
      String replacement;
      if (!variable.group(1).isEmpty()) {
        replacement = "${" + name + "}";
      } else if (own.containsKey(name)) {
        replacement = String.valueOf(value(own.get(name), path));
      } else if (name.contains(".")) {
        replacement = String.valueOf(attribute(name, path));
      } else {
        replacement = String.valueOf(reference(name, path));
      }
      variable.appendReplacement(result, Matcher.quoteReplacement(replacement));
    }
    variable.appendTail(result);
    return withLocalApis(result.toString());
  }

  /**
   * The address that an HTTP API has in AWS, wherever it was put together, becomes the local one.
   */
  private String withLocalApis(String text) {
    String result = text;
    for (Map.Entry<String, URI> api : addresses.apis().entrySet()) {
      result = result.replace(awsAddress(api.getKey()), api.getValue().toString());
    }
    return result;
  }

  private String awsAddress(String api) {
    return "https://" + api + ".execute-api." + addresses.region() + ".amazonaws.com";
  }

  private @Nullable Object reference(String name, String path) {
    return switch (name) {
      case "AWS::Region" -> addresses.region();
      case "AWS::AccountId" -> addresses.account();
      case "AWS::Partition" -> "aws";
      case "AWS::URLSuffix" -> "amazonaws.com";
      case "AWS::StackName" -> STACK;
      case "AWS::StackId" -> arn("cloudformation", "stack/" + STACK + "/local");
      case "AWS::NoValue" -> NOTHING;
      default -> parameters.containsKey(name) ? parameters.get(name) : resource(name, path);
    };
  }

  private Object resource(String name, String path) {
    return switch (type(name, path)) {
      case "AWS::SQS::Queue" -> addresses.queueUrl(queueName(name));
      case "AWS::DynamoDB::Table" -> tableName(name);
      case "AWS::SecretsManager::Secret" -> arn("secretsmanager", "secret:" + name);
      default -> name;
    };
  }

  private Object attribute(@Nullable Object argument, String path) {
    String name;
    String attribute;
    if (argument instanceof List<?> parts && parts.size() == 2) {
      name = text(parts.getFirst(), path);
      attribute = text(value(parts.get(1), path), path);
    } else {
      String dotted = text(argument, path);
      int dot = dotted.indexOf('.');
      if (dot < 1) {
        throw new IllegalArgumentException(
            path + ": " + dotted + " is not of the form Resource.Attribute");
      }
      name = dotted.substring(0, dot);
      attribute = dotted.substring(dot + 1);
    }
    String type = type(name, path);
    return switch (type + "." + attribute) {
      case "AWS::SQS::Queue.Arn" -> queueArn(name);
      case "AWS::SQS::Queue.QueueName" -> queueName(name);
      case "AWS::SQS::Queue.QueueUrl" -> addresses.queueUrl(queueName(name));
      case "AWS::DynamoDB::Table.Arn" -> arn("dynamodb", "table/" + tableName(name));
      case "AWS::Serverless::Function.Arn" -> functionArn(name);
      case "AWS::Serverless::HttpApi.ApiEndpoint" -> withLocalApis(awsAddress(name));
      case "AWS::Serverless::HttpApi.ApiId" -> name;
      default ->
          // Roles, alarms and log groups exist in AWS only, but their names may be asked for.
          attribute.equals("Arn") ? arn("local", name) : name + "." + attribute;
    };
  }

  String functionArn(String id) {
    return arn("lambda", "function:" + id);
  }

  String queueArn(String id) {
    return arn("sqs", queueName(id));
  }

  String queueName(String id) {
    return named(id, "QueueName");
  }

  String tableName(String id) {
    return named(id, "TableName");
  }

  /** Returns the name that the template gives, or the logical id as CloudFormation starts it. */
  private String named(String id, String property) {
    if (resources.get(id) instanceof Map<?, ?> resource
        && resource.get("Properties") instanceof Map<?, ?> properties
        && properties.get(property) != null) {
      String path = "Resources." + id + ".Properties." + property;
      return evaluate(properties.get(property), path).map(Object::toString).orElse(id);
    }
    return id;
  }

  private String arn(String service, String rest) {
    return "arn:aws:" + service + ":" + addresses.region() + ":" + addresses.account() + ":" + rest;
  }

  private String type(String name, String path) {
    if (resources.get(name) instanceof Map<?, ?> resource
        && resource.get("Type") instanceof String type) {
      return type;
    }
    throw new IllegalArgumentException(
        path + ": " + name + " is neither a parameter nor a resource of the template");
  }

  private static List<?> list(@Nullable Object node, String path) {
    if (node instanceof List<?> list) {
      return list;
    }
    throw new IllegalArgumentException(path + ": a list is needed here");
  }

  private static List<?> list(@Nullable Object node, String path, int size) {
    List<?> list = list(node, path);
    if (list.size() != size) {
      throw new IllegalArgumentException(
          path + ": " + size + " arguments are needed, but there are " + list.size());
    }
    return list;
  }

  private static String text(@Nullable Object node, String path) {
    if (node instanceof String || node instanceof Number || node instanceof Boolean) {
      return node.toString();
    }
    throw new IllegalArgumentException(path + ": a string is needed here");
  }
}
