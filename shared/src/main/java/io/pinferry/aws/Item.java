package io.pinferry.aws;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** One item of a table, to write and to read. Null in Java is an absent attribute. */
final class Item {
  static final String PK = "pk";
  static final String SK = "sk";
  static final String EXPIRES_AT = "expiresAt";

  private final Map<String, AttributeValue> attributes;

  private Item(Map<String, AttributeValue> attributes) {
    this.attributes = attributes;
  }

  static Item of(Map<String, AttributeValue> attributes) {
    return new Item(attributes);
  }

  /** Returns an item with a key and no other attributes yet. */
  static Item keyed(String pk, String sk) {
    return new Item(new HashMap<>(key(pk, sk)));
  }

  static Map<String, AttributeValue> key(String pk, String sk) {
    return Map.of(PK, Values.text(pk), SK, Values.text(sk));
  }

  Map<String, AttributeValue> key() {
    return key(text(PK), text(SK));
  }

  /** Sets an attribute; null leaves it absent. */
  Item with(String name, @Nullable AttributeValue value) {
    if (value != null) {
      attributes.put(name, value);
    }
    return this;
  }

  Item with(String name, String value) {
    return with(name, Values.text(value));
  }

  Item with(String name, long value) {
    return with(name, Values.number(value));
  }

  Item withMillis(String name, @Nullable Instant value) {
    return value == null ? this : with(name, Values.millis(value));
  }

  Item expiringAt(@Nullable Instant value) {
    return value == null ? this : with(EXPIRES_AT, Values.seconds(value));
  }

  Map<String, AttributeValue> attributes() {
    return attributes;
  }

  boolean has(String name) {
    return attributes.containsKey(name);
  }

  String text(String name) {
    return require(name).s();
  }

  @Nullable String textOrNull(String name) {
    AttributeValue value = attributes.get(name);
    return value == null ? null : value.s();
  }

  long number(String name) {
    return Long.parseLong(require(name).n());
  }

  long numberOrZero(String name) {
    return has(name) ? number(name) : 0;
  }

  byte[] bytes(String name) {
    return require(name).b().asByteArray();
  }

  Instant millis(String name) {
    return Instant.ofEpochMilli(number(name));
  }

  @Nullable Instant millisOrNull(String name) {
    return has(name) ? millis(name) : null;
  }

  @Nullable Instant expiresAt() {
    return has(EXPIRES_AT) ? Instant.ofEpochSecond(number(EXPIRES_AT)) : null;
  }

  /** Returns a set of texts, empty if absent. */
  Set<String> set(String name) {
    AttributeValue value = attributes.get(name);
    return value == null ? Set.of() : Set.copyOf(value.ss());
  }

  Map<String, String> map(String name) {
    Map<String, String> map = new HashMap<>();
    require(name).m().forEach((key, value) -> map.put(key, value.s()));
    return map;
  }

  private AttributeValue require(String name) {
    AttributeValue value = attributes.get(name);
    if (value == null) {
      throw new IllegalStateException(
          "the item " + attributes.get(PK) + " " + attributes.get(SK) + " has no " + name);
    }
    return value;
  }
}
