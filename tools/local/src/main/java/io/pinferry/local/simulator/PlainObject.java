package io.pinferry.local.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/**
 * An object whose records are plain JSON in one list: of the token user, or of each of its ad
 * accounts. The entry in {@link #ALL} is all that the simulator needs to serve, count, check and
 * change its records.
 *
 * @param name as faults and the product name it
 * @param path of the list; with {@value #AD_ACCOUNT} in braces each ad account has a list
 * @param scopes what the token needs
 * @param salt distinguishes the ids and contents of this object from those of others
 * @param firstId the smallest id
 * @param count the length of a list, by the size of the world
 * @param template makes a record
 */
record PlainObject(
    String name,
    String path,
    Category category,
    Set<String> scopes,
    int salt,
    long firstId,
    IntUnaryOperator count,
    Template template) {
  static final String AD_ACCOUNT = "ad_account_id";

  static final List<PlainObject> ALL =
      List.of(
          new PlainObject(
              "employers",
              "businesses/employers",
              Category.ADS_READ,
              Set.of("biz_access:read"),
              32,
              690_000_000_000_000_000L,
              records -> Math.clamp(2 + records / 1_000, 2, 300),
              Records::employer));

  /** Makes a record from its id, its number and pseudorandom bits. */
  @FunctionalInterface
  interface Template {
    ObjectNode record(long id, int number, long hash);
  }

  /**
   * Returns the object of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static PlainObject get(String name) {
    return ALL.stream()
        .filter(object -> object.name.equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no object '" + name + "'"));
  }

  static List<String> names() {
    return ALL.stream().map(PlainObject::name).toList();
  }

  boolean ofAdAccount() {
    return path.contains("{" + AD_ACCOUNT + "}");
  }

  Operation operation() {
    return Operation.list(Operation.Name.PLAIN_LIST, name, path, category, scopes);
  }
}
