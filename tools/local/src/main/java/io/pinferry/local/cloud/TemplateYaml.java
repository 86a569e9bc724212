package io.pinferry.local.cloud;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.ConstructorException;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/** Parses a template into maps, lists, scalars and {@link Intrinsic}s. */
final class TemplateYaml {

  private static final int DEPTH_MAX = 50;

  private TemplateYaml() {}

  /**
   * Parses the text.
   *
   * @throws IllegalArgumentException when it is not YAML or not a mapping
   */
  static Map<String, @Nullable Object> parse(String text) {
    var loading = new LoaderOptions();
    loading.setAllowDuplicateKeys(false);
    loading.setNestingDepthLimit(DEPTH_MAX);
    var dumping = new DumperOptions();
    var yaml =
        new Yaml(new Tags(loading), new Representer(dumping), dumping, loading, new WithoutDates());
    Object tree;
    try {
      tree = yaml.load(text);
    } catch (org.yaml.snakeyaml.error.YAMLException e) {
      throw new IllegalArgumentException("the template is not valid YAML: " + e.getMessage(), e);
    }
    if (!(longForms(tree) instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException("the template is not a YAML mapping");
    }
    return strings(map);
  }

  /**
   * Turns the long form of a function, a map with that one key, into the same as the short form.
   */
  private static @Nullable Object longForms(@Nullable Object node) {
    return switch (node) {
      case Intrinsic(String name, @Nullable Object argument) ->
          new Intrinsic(name, longForms(argument));
      case Map<?, ?> map -> {
        if (map.size() == 1) {
          Map.Entry<?, ?> only = map.entrySet().iterator().next();
          String key = String.valueOf(only.getKey());
          if (key.startsWith("Fn::")) {
            yield new Intrinsic(key.substring("Fn::".length()), longForms(only.getValue()));
          }
          if (key.equals("Ref") || (key.equals("Condition") && only.getValue() instanceof String)) {
            yield new Intrinsic(key, only.getValue());
          }
        }
        var copy = new LinkedHashMap<String, @Nullable Object>();
        map.forEach((key, value) -> copy.put(String.valueOf(key), longForms(value)));
        yield copy;
      }
      case List<?> list -> {
        var copy = new ArrayList<@Nullable Object>();
        list.forEach(value -> copy.add(longForms(value)));
        yield copy;
      }
      case null -> null;
      case Object scalar -> scalar;
    };
  }

  static Map<String, @Nullable Object> strings(Map<?, ?> map) {
    var copy = new LinkedHashMap<String, @Nullable Object>();
    map.forEach((key, value) -> copy.put(String.valueOf(key), value));
    return copy;
  }

  /** Builds plain values only, and an {@link Intrinsic} for each tag that starts with {@code !}. */
  private static final class Tags extends SafeConstructor {

    private Tags(LoaderOptions options) {
      super(options);
      yamlMultiConstructors.put("!", new ShortForm());
    }

    private final class ShortForm extends AbstractConstruct {
      @Override
      public Object construct(Node node) {
        String name = node.getTag().getValue().substring(1);
        return switch (node) {
          case ScalarNode scalar -> new Intrinsic(name, scalar.getValue());
          case SequenceNode sequence -> new Intrinsic(name, constructSequence(sequence));
          case MappingNode mapping -> new Intrinsic(name, constructMapping(mapping));
          default ->
              throw new ConstructorException(
                  null, null, "!" + name + " cannot stand here", node.getStartMark()) {
                private static final long serialVersionUID = 1L;
              };
        };
      }
    }
  }

  /** Leaves dates such as a policy's version as the strings they are to CloudFormation. */
  private static final class WithoutDates extends Resolver {
    @Override
    public void addImplicitResolver(Tag tag, Pattern regexp, String first, int limit) {
      if (!tag.equals(Tag.TIMESTAMP)) {
        super.addImplicitResolver(tag, regexp, first, limit);
      }
    }
  }
}
