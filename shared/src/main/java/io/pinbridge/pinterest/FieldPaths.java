package io.pinbridge.pinterest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Paths of members to look for in records, made once and used for every record. A path is the names
 * from the record down, e.g. {@code ["owner", "id"]}.
 */
public final class FieldPaths {
  private final List<List<String>> paths;
  private final Node root = new Node();

  public FieldPaths(List<List<String>> paths) {
    this.paths = paths.stream().map(List::copyOf).toList();
    for (int index = 0; index < this.paths.size(); index++) {
      Node node = root;
      for (String name : this.paths.get(index)) {
        node = node.childOrNew(name);
      }
      node.indexes.add(index);
    }
  }

  public int size() {
    return paths.size();
  }

  public List<String> path(int index) {
    return paths.get(index);
  }

  Node root() {
    return root;
  }

  /** What is known below one member. */
  static final class Node {
    private final List<byte[]> names = new ArrayList<>();
    private final List<Node> children = new ArrayList<>();
    private final List<Integer> indexes = new ArrayList<>();

    private Node childOrNew(String name) {
      byte[] bytes = name.getBytes(UTF_8);
      Node known = child(bytes, 0, bytes.length);
      if (known != null) {
        return known;
      }
      Node made = new Node();
      names.add(bytes);
      children.add(made);
      return made;
    }

    @Nullable Node child(byte[] bytes, int from, int to) {
      for (int i = 0; i < names.size(); i++) {
        byte[] name = names.get(i);
        if (Arrays.equals(name, 0, name.length, bytes, from, to)) {
          return children.get(i);
        }
      }
      return null;
    }

    boolean hasChildren() {
      return !children.isEmpty();
    }

    /** Returns the indexes of the paths that end here. */
    List<Integer> indexes() {
      return indexes;
    }
  }
}
