package io.pinferry.pinterest;

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
    private byte[][] names = {};
    private int[] outlines = {};
    private Node[] children = {};
    private final List<Integer> indexes = new ArrayList<>();

    private Node childOrNew(String name) {
      byte[] bytes = name.getBytes(UTF_8);
      Node known = child(bytes, 0, bytes.length);
      if (known != null) {
        return known;
      }
      Node made = new Node();
      int last = names.length;
      names = Arrays.copyOf(names, last + 1);
      outlines = Arrays.copyOf(outlines, last + 1);
      children = Arrays.copyOf(children, last + 1);
      names[last] = bytes;
      outlines[last] = outline(bytes, 0, bytes.length);
      children[last] = made;
      return made;
    }

    @Nullable Node child(byte[] bytes, int from, int to) {
      int outline = outline(bytes, from, to);
      for (int i = 0; i < names.length; i++) {
        if (outlines[i] == outline && Arrays.equals(names[i], 0, to - from, bytes, from, to)) {
          return children[i];
        }
      }
      return null;
    }

    /** Length and both ends: what tells most names apart without looking into them. */
    private static int outline(byte[] bytes, int from, int to) {
      return from == to
          ? 0
          : (to - from) << 16 | (bytes[from] & 0xff) << 8 | (bytes[to - 1] & 0xff);
    }

    boolean hasChildren() {
      return names.length > 0;
    }

    /** Returns the indexes of the paths that end here. */
    List<Integer> indexes() {
      return indexes;
    }
  }
}
