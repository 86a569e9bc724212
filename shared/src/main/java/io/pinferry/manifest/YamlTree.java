package io.pinferry.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.JsonInput;
import io.pinferry.base.PinferryException.InvalidRequest;
import java.io.StringReader;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Turns YAML into a JSON tree, with limits against small files that expand to large trees. */
final class YamlTree {
  private static final int DEPTH_MAX = 32;
  private static final int ALIASES_MAX = 50;
  private static final int NODES_MAX = 50_000;

  private int nodeCount;

  private YamlTree() {}

  static JsonNode read(String yaml) {
    var options = new LoaderOptions();
    // A warning would be a line of the log that is no JSON.
    options.setWarnOnDuplicateKeys(false);
    options.setAllowRecursiveKeys(false);
    options.setMaxAliasesForCollections(ALIASES_MAX);
    options.setNestingDepthLimit(DEPTH_MAX);
    options.setCodePointLimit(ManifestParser.YAML_BYTES_MAX);
    Object loaded;
    try {
      // The contract's validator takes repeated keys.
      checkRepeatedKeys(
          new Yaml(new SafeConstructor(options)).compose(new StringReader(yaml)), new HashSet<>());
      loaded = new Yaml(new SafeConstructor(options)).load(yaml);
    } catch (MarkedYAMLException e) {
      String place =
          e.getProblemMark() == null
              ? ""
              : " at line "
                  + (e.getProblemMark().getLine() + 1)
                  + ", column "
                  + (e.getProblemMark().getColumn() + 1);
      boolean alias = String.valueOf(e.getContext()).contains("alias");
      throw unreadable(
          "is not readable YAML%s: %s"
              .formatted(place, alias ? "a text that begins with * needs quotes" : e.getProblem()));
    } catch (YAMLException e) {
      throw unreadable("is not readable YAML: " + e.getMessage());
    }
    JsonNode tree = new YamlTree().node("", loaded, 0);
    List<Issue> issues = new ArrayList<>();
    JsonInput.root("", tree, issues).wholeCharacters();
    if (!issues.isEmpty()) {
      throw InvalidRequest.unprocessable("amp.yaml", issues);
    }
    return tree;
  }

  /** Refuses a key that occurs twice in a mapping, unless both values are the same. */
  private static void checkRepeatedKeys(@Nullable Node node, Set<Node> checked) {
    if (node == null || !checked.add(node)) {
      return;
    }
    if (node instanceof SequenceNode list) {
      list.getValue().forEach(entry -> checkRepeatedKeys(entry, checked));
    }
    if (node instanceof MappingNode mapping) {
      Map<String, Node> values = new HashMap<>();
      for (NodeTuple member : mapping.getValue()) {
        if (member.getKeyNode() instanceof ScalarNode key) {
          Node earlier = values.putIfAbsent(key.getValue(), member.getValueNode());
          if (earlier != null && !new Comparison().same(earlier, member.getValueNode())) {
            throw unreadable(
                "has the key %s twice, with different values, at line %s"
                    .formatted(Issue.clipped(key.getValue()), key.getStartMark().getLine() + 1));
          }
        }
        checkRepeatedKeys(member.getValueNode(), checked);
      }
    }
  }

  /** Compares two nodes in a bounded number of steps. */
  private static final class Comparison {
    private int steps;

    boolean same(Node one, Node other) {
      return same(one, other, 0);
    }

    private boolean same(Node one, Node other, int depth) {
      if (one.equals(other)) {
        return true;
      }
      // An alias may lead back to its own mapping.
      if (++steps > NODES_MAX || depth > DEPTH_MAX) {
        return false;
      }
      return switch (one) {
        case ScalarNode text ->
            other instanceof ScalarNode same
                && text.getTag().equals(same.getTag())
                && text.getValue().equals(same.getValue());
        case SequenceNode list ->
            other instanceof SequenceNode same && all(list.getValue(), same.getValue(), depth);
        case MappingNode mapping ->
            other instanceof MappingNode same
                && all(flat(mapping.getValue()), flat(same.getValue()), depth);
        default -> false;
      };
    }

    private boolean all(List<Node> some, List<Node> others, int depth) {
      return some.size() == others.size()
          && IntStream.range(0, some.size())
              .allMatch(i -> same(some.get(i), others.get(i), depth + 1));
    }

    private static List<Node> flat(List<NodeTuple> members) {
      return members.stream()
          .flatMap(member -> Stream.of(member.getKeyNode(), member.getValueNode()))
          .toList();
    }
  }

  private JsonNode node(String path, @Nullable Object value, int depth) {
    nodeCount++;
    // Aliases repeat their target, so a small file can mean a huge tree.
    if (nodeCount > NODES_MAX || depth > DEPTH_MAX) {
      throw unreadable(
          "nests deeper than %s levels or has more than %s values, with aliases expanded"
              .formatted(DEPTH_MAX, NODES_MAX));
    }
    return switch (value) {
      case null -> NullNode.getInstance();
      case String text -> TextNode.valueOf(text);
      case Boolean bool -> BooleanNode.valueOf(bool);
      case Integer number -> IntNode.valueOf(number);
      case Long number -> LongNode.valueOf(number);
      case BigInteger number -> BigIntegerNode.valueOf(number);
      case Double number -> DoubleNode.valueOf(number);
      case List<?> list -> list(path, list, depth);
      case Map<?, ?> map -> object(path, map, depth);
      case Object other ->
          throw Issue.body(
                  path.isEmpty() ? "amp.yaml" : path,
                  "is a %s, which is not possible here: put a text in quotes"
                      .formatted(
                          other instanceof java.util.Date ? "date" : "value of a special kind"))
              .unprocessable();
    };
  }

  private ArrayNode list(String path, List<?> list, int depth) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (Object entry : list) {
      array.add(node(path + "[" + array.size() + "]", entry, depth + 1));
    }
    return array;
  }

  private ObjectNode object(String path, Map<?, ?> map, int depth) {
    ObjectNode object = Json.object();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!(entry.getKey() instanceof String key)) {
        throw Issue.body(
                path.isEmpty() ? "amp.yaml" : path,
                "has the key " + entry.getKey() + ", which is not a text: put it in quotes")
            .unprocessable();
      }
      object.set(key, node(path.isEmpty() ? key : path + "." + key, entry.getValue(), depth + 1));
    }
    return object;
  }

  private static InvalidRequest unreadable(String detail) {
    return Issue.body("amp.yaml", detail).unprocessable();
  }
}
