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
   * Apart, because only trees need the data-binding library: whoever streams or logs never loads
   * its some 230 classes, which a cold start feels. See docs/decisions/0002-cold-start.md.
   */
  private static final class Trees {
    static final JsonMapper MAPPER =
        JsonMapper.builder(strict())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
  }

  /** For pages of Pinterest: as lenient about duplicates as Pinterest's other clients are. */
  private static final JsonFactory LENIENT =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  // Records that nest as deep as a page may are inside a message when read here.
                  .maxNestingDepth(2 * NESTING_DEPTH_MAX)
                  .maxStringLength(64_000_000)
                  .build())
          .build();

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

  /** Returns the factory for streaming over answers of Pinterest. */
  public static JsonFactory streams() {
    return LENIENT;
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

  /** Reads what we have written ourselves; anything unreadable is a bug. */
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
