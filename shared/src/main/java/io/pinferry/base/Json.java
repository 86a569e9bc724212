package io.pinferry.base;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/**
 * The JSON reader and writer that everything shares, for trees and streams; {@link Codec} is for
 * records.
 */
public final class Json {
  /** Deeper input is refused: nothing we read nests that far, and recursion must have a bound. */
  public static final int NESTING_DEPTH_MAX = 64;

  /**
   * In a class of its own, since only trees need the data-binding library: code that streams or
   * logs does not load its some 230 classes. See docs/decisions/0002-cold-start.md.
   */
  private static final class Trees {
    static final JsonMapper MAPPER =
        JsonMapper.builder(strict())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
  }

  private static final JsonFactory PAGES = lenient(NESTING_DEPTH_MAX);

  /** A record that nests as deep as a page may is inside a message here. */
  private static final JsonFactory STREAMS = lenient(2 * NESTING_DEPTH_MAX);

  private Json() {}

  /** Returns a new factory for JSON of our own and of requests; no member may be there twice. */
  static JsonFactory strict() {
    return JsonFactory.builder()
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(NESTING_DEPTH_MAX)
                .maxNumberLength(400)
                .build())
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .build();
  }

  /**
   * Returns a new factory for what Pinterest sends and for messages that hold it: as lenient about
   * duplicates as other clients of Pinterest. A body has a bound, so its names, numbers and texts
   * need none. All of it is UTF-8: in any other encoding Jackson knows no byte offsets.
   */
  private static JsonFactory lenient(int nestingDepthMax) {
    return JsonFactory.builder()
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(nestingDepthMax)
                .maxNameLength(Integer.MAX_VALUE)
                .maxNumberLength(Integer.MAX_VALUE)
                .maxStringLength(Integer.MAX_VALUE)
                .build())
        .disable(JsonFactory.Feature.CHARSET_DETECTION)
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .build();
  }

  /** Returns the factory for pages of records; the nesting depth is bounded. */
  public static JsonFactory pages() {
    return PAGES;
  }

  /** Returns the factory for streaming over events and messages, which may hold records. */
  public static JsonFactory streams() {
    return STREAMS;
  }

  /** Returns a new, empty object. */
  public static ObjectNode object() {
    return Trees.MAPPER.createObjectNode();
  }

  /**
   * Reads one JSON value.
   *
   * @throws IOException if the text is not one JSON value, or nests too deep
   */
  public static JsonNode parse(byte[] utf8) throws IOException {
    JsonNode tree = Trees.MAPPER.readTree(utf8);
    return tree == null ? Trees.MAPPER.missingNode() : tree;
  }

  /** Reads JSON that Pinferry has written itself; anything unreadable is a bug. */
  public static JsonNode trusted(String text) {
    try {
      return Trees.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("stored JSON cannot be read", e);
    }
  }

  /** Writes a tree without spaces. */
  public static String text(JsonNode tree) {
    try {
      return Trees.MAPPER.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }

  /** Writes a tree without spaces, as UTF-8. */
  public static byte[] bytes(JsonNode tree) {
    try {
      return Trees.MAPPER.writeValueAsBytes(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }
}
