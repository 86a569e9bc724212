package io.pinferry.base;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** Reads and writes JSON as trees and streams. {@link Codec} is for records. */
public final class Json {
  /** The bound of recursion. Deeper input is refused; no real input is as deep. */
  public static final int NESTING_DEPTH_MAX = 64;

  /**
   * A separate class, since only trees need the data-binding library. Code that streams or logs
   * does not load its 230 classes. See docs/decisions/0002-cold-start.md.
   */
  private static final class Trees {
    static final JsonMapper MAPPER =
        JsonMapper.builder(strict())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            // 1790000000000.0 would become 1.79E+12.
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
  }

  private static final JsonFactory PAGES = lenient(NESTING_DEPTH_MAX);

  /** Here a record of a page, which may nest as deep as a page, is inside a message. */
  private static final JsonFactory STREAMS = lenient(2 * NESTING_DEPTH_MAX);

  private Json() {}

  /** Returns a new factory for our own JSON and requests. Duplicate members are refused. */
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
   * Returns a new factory for JSON of Pinterest and messages with it. It allows duplicates, like
   * other clients of Pinterest. A body has a bound, so its names, numbers and texts need none. The
   * encoding is UTF-8: Jackson has no byte offsets in others.
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

  public static ObjectNode object() {
    return Trees.MAPPER.createObjectNode();
  }

  /**
   * Reads one JSON value.
   *
   * @throws IOException if the text is not one JSON value, or nests too deeply
   */
  public static JsonNode parse(byte[] utf8) throws IOException {
    JsonNode tree = Trees.MAPPER.readTree(utf8);
    return tree == null ? Trees.MAPPER.missingNode() : tree;
  }

  /** Reads JSON that Pinferry has written. Unreadable JSON is a bug. */
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
      return CodePoints.halvesEscaped(Trees.MAPPER.writeValueAsString(tree));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree cannot be written", e);
    }
  }

  /** Writes a tree without spaces, as UTF-8. */
  public static byte[] bytes(JsonNode tree) {
    try {
      return Trees.MAPPER.writeValueAsBytes(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree cannot be written", e);
    }
  }
}
