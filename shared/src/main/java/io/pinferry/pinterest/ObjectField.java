package io.pinferry.pinterest;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A field of a record.
 *
 * @param name as Pinterest names it
 * @param type the contract's type of its values
 * @param providerType the JSON type of its values, in the words of Pinterest's specification
 * @param words all possible values of a choice; else empty
 * @param refersTo the object whose id it holds; null if it holds none
 * @param members the fields inside it that are known; empty unless it holds objects
 */
public record ObjectField(
    String name,
    Type type,
    String providerType,
    List<String> words,
    @Nullable String refersTo,
    List<ObjectField> members) {
  /** The contract's types of values. */
  public enum Type {
    STRING("string"),
    BOOLEAN("boolean"),
    SINGLE_SELECT("singleSelect"),
    MULTI_SELECT("multiSelect"),
    DATETIME("datetime"),
    INT("int"),
    FLOAT("float"),
    REFERENCE("reference"),
    OTHER("other");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    /** Returns the contract's word. */
    public String text() {
      return text;
    }
  }

  private static final String STRING = "string";

  public ObjectField {
    words = List.copyOf(words);
    members = List.copyOf(members);
  }

  static ObjectField text(String name) {
    return plain(name, Type.STRING, STRING);
  }

  /** A time in ISO 8601, zone optional. Times that are numbers are whole numbers. */
  static ObjectField time(String name) {
    return plain(name, Type.DATETIME, STRING);
  }

  static ObjectField flag(String name) {
    return plain(name, Type.BOOLEAN, "boolean");
  }

  static ObjectField whole(String name) {
    return plain(name, Type.INT, "integer");
  }

  static ObjectField decimal(String name) {
    return plain(name, Type.FLOAT, "number");
  }

  /** A list whose entries are no choices. */
  static ObjectField list(String name) {
    return plain(name, Type.OTHER, "array");
  }

  /**
   * A choice.
   *
   * @param words with white space between them
   */
  static ObjectField choice(String name, String words) {
    return choice(name, Vocabulary.words(words));
  }

  static ObjectField choice(String name, List<String> words) {
    return new ObjectField(name, Type.SINGLE_SELECT, STRING, words, null, List.of());
  }

  /** A list of choices. */
  static ObjectField choices(String name, String words) {
    return choices(name, Vocabulary.words(words));
  }

  static ObjectField choices(String name, List<String> words) {
    return new ObjectField(name, Type.MULTI_SELECT, "array", words, null, List.of());
  }

  /** The id of a record of another object. */
  static ObjectField reference(String name, String objectName) {
    return new ObjectField(name, Type.REFERENCE, STRING, List.of(), objectName, List.of());
  }

  static ObjectField object(String name, ObjectField... members) {
    return new ObjectField(name, Type.OTHER, "object", List.of(), null, List.of(members));
  }

  private static ObjectField plain(String name, Type type, String providerType) {
    return new ObjectField(name, type, providerType, List.of(), null, List.of());
  }
}
