package io.pinferry.local.repository;

import static java.util.stream.Collectors.toMap;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** template.yaml as trees of maps; {@code !Ref X} is read as {@code {Ref: X}}, and so on. */
final class Template {
  static final Path FILE = Path.of("template.yaml");

  private final Map<String, Object> root;

  private Template(Map<String, Object> root) {
    this.root = root;
  }

  static Template load() {
    Object root = new Yaml(new Tags()).load(Repository.read(FILE));
    return new Template(map(root));
  }

  Map<String, Object> root() {
    return root;
  }

  Map<String, Object> parameters() {
    return map(root.get("Parameters"));
  }

  /** Returns the properties of all resources of one type, by logical id. */
  Map<String, Map<String, Object>> propertiesOf(String type) {
    return map(root.get("Resources")).entrySet().stream()
        .filter(resource -> type.equals(map(resource.getValue()).get("Type")))
        .collect(
            toMap(
                Map.Entry::getKey,
                resource -> map(map(resource.getValue()).get("Properties")),
                (first, second) -> first,
                LinkedHashMap::new));
  }

  Map<String, Object> resource(String logicalId) {
    return map(map(root.get("Resources")).get(logicalId));
  }

  /** Returns the functions' properties with what all functions share merged in. */
  Map<String, Map<String, Object>> functions() {
    Map<String, Object> shared = map(map(root.get("Globals")).get("Function"));
    Map<String, Map<String, Object>> functions = propertiesOf("AWS::Serverless::Function");
    functions.replaceAll(
        (id, properties) -> {
          var merged = new LinkedHashMap<>(shared);
          merged.putAll(properties);
          return merged;
        });
    return functions;
  }

  /** Returns a function's environment variables. */
  static Map<String, Object> environment(Map<String, Object> function) {
    return map(map(function.get("Environment")).get("Variables"));
  }

  /** Returns all statements of the role of a function, those under a condition as well. */
  List<Map<String, Object>> statements(Map<String, Object> function) {
    return rawStatements(function).map(Template::ofOwn).map(Template::map).toList();
  }

  private Stream<Object> rawStatements(Map<String, Object> function) {
    String role = String.valueOf(map(function.get("Role")).get("Fn::GetAtt")).replace(".Arn", "");
    return list(map(resource(role).get("Properties")).get("Policies")).stream()
        .flatMap(policy -> list(map(map(policy).get("PolicyDocument")).get("Statement")).stream());
  }

  /** Returns the first choice of a condition, which is the stack's own resource. */
  static Object ofOwn(@Nullable Object node) {
    List<Object> choices = list(map(node).get("Fn::If"));
    return choices.isEmpty() ? java.util.Objects.requireNonNull(node) : choices.get(1);
  }

  /** Returns the statements of the role of a function that a condition takes away. */
  List<Map<String, Object>> conditionalStatements(Map<String, Object> function, String condition) {
    return rawStatements(function)
        .filter(statement -> condition.equals(first(list(map(statement).get("Fn::If")))))
        .map(Template::ofOwn)
        .map(Template::map)
        .toList();
  }

  private static @Nullable Object first(List<Object> nodes) {
    return nodes.isEmpty() ? null : nodes.getFirst();
  }

  /** Returns the function module that a code location points into. */
  static String module(Map<String, Object> function) {
    return String.valueOf(function.get("CodeUri")).split("/", -1)[1];
  }

  @SuppressWarnings("unchecked") // YAML maps of a template have text keys
  static Map<String, Object> map(@Nullable Object node) {
    return node == null ? Map.of() : (Map<String, Object>) node;
  }

  /** Returns a list as it is, nothing as an empty list, and anything else as a list of one. */
  static List<Object> list(@Nullable Object node) {
    return switch (node) {
      case null -> List.of();
      case List<?> nodes -> List.copyOf(nodes);
      default -> List.of(node);
    };
  }

  /** Returns all maps in a tree, the tree itself included. */
  static Stream<Map<String, Object>> maps(@Nullable Object tree) {
    return switch (tree) {
      case Map<?, ?> node ->
          Stream.concat(Stream.of(map(node)), node.values().stream().flatMap(Template::maps));
      case List<?> nodes -> nodes.stream().flatMap(Template::maps);
      case null, default -> Stream.empty();
    };
  }

  /** Reads CloudFormation's short forms as their long ones. */
  private static final class Tags extends SafeConstructor {
    Tags() {
      super(new LoaderOptions());
      yamlMultiConstructors.put("!", new ShortForm());
    }

    private final class ShortForm extends AbstractConstruct {
      @Override
      public Object construct(Node node) {
        String name = node.getTag().getValue().substring(1);
        Object value =
            switch (node) {
              case ScalarNode scalar -> constructScalar(scalar);
              case SequenceNode sequence -> constructSequence(sequence);
              case MappingNode mapping -> constructMapping(mapping);
              default -> throw new IllegalStateException("a tag on " + node);
            };
        return Map.of(name.equals("Ref") ? name : "Fn::" + name, value);
      }
    }
  }
}
