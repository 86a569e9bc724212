package io.pinferry.pinterest;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The members to find in each record. A path is the list of names from the record down, for example
 * {@code ["owner", "id"]}. The paths are collected once and used for every page.
 */
public final class FieldPaths {
  private final Map<List<String>, Integer> indexes = new HashMap<>();
  private final Node root = new Node();

  /** Adds a path if it is new. Returns its index, which counts from 0 in the order of adding. */
  public int add(List<String> path) {
    return node(path).index;
  }

  /**
   * Adds the path of a secret. Every page gets its values replaced. If the object that should hold
   * the secret is another kind of value, that value is replaced.
   */
  public void addSecret(List<String> path) {
    node(path).isSecret = true;
    if (path.size() > 1) {
      node(path.subList(0, path.size() - 1)).holdsSecret = true;
    }
  }

  private Node node(List<String> path) {
    Node node = root;
    for (String name : path) {
      node = node.children.computeIfAbsent(name, _ -> new Node());
    }
    if (!indexes.containsKey(path)) {
      node.index = indexes.size();
      indexes.put(List.copyOf(path), node.index);
    }
    return node;
  }

  /**
   * Returns the index of a path.
   *
   * @throws IllegalArgumentException if the path was not added
   */
  public int indexOf(List<String> path) {
    Integer index = indexes.get(path);
    if (index == null) {
      throw new IllegalArgumentException("pages are not searched for " + String.join(".", path));
    }
    return index;
  }

  int size() {
    return indexes.size();
  }

  Node root() {
    return root;
  }

  /** One name of a path. */
  static final class Node {
    private final Map<String, Node> children = new HashMap<>();
    private int index = -1;
    private boolean isSecret;
    private boolean holdsSecret;

    @Nullable Node child(String name) {
      return children.get(name);
    }

    boolean hasChildren() {
      return !children.isEmpty();
    }

    /** Returns whether a path ends here. */
    boolean isPath() {
      return index >= 0;
    }

    int index() {
      return index;
    }

    boolean isSecret() {
      return isSecret;
    }

    /** Returns whether a value here is a secret unless it is an object. */
    boolean holdsSecret() {
      return holdsSecret;
    }
  }
}
