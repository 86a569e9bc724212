package io.pinferry.local.simulator;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pin as it is sent to one user. All members are always there, those without a value as null, and
 * some that the published schema does not know.
 *
 * @param withMetrics whether numbers were asked for
 * @param paddingChars the length of the member that makes this record huge, usually 0
 */
record PinRow(Pin pin, Person reader, boolean withMetrics, int paddingChars) implements Row {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final List<String> COLORS =
      List.of("#a29b8c", "#ffffff", "#0f0f11", "#d8c3a5", "#6e7f80", "#e98074");

  @Override
  public long key() {
    return pin.id();
  }

  @Override
  public void writeMembers(JsonGenerator json) throws IOException {
    if (pin.written() == null) {
      writeComputed(json);
      return;
    }
    for (var member : json().properties()) {
      json.writeFieldName(member.getKey());
      json.writeTree(member.getValue());
    }
  }

  /** Returns the members as they would be had no request changed them. */
  private ObjectNode computed() throws IOException {
    try (var buffer = new TokenBuffer(MAPPER, false)) {
      buffer.writeStartObject();
      writeComputed(buffer);
      buffer.writeEndObject();
      return MAPPER.readTree(buffer.asParser());
    }
  }

  /** Returns the whole record. */
  ObjectNode json() {
    try {
      ObjectNode whole = computed();
      if (pin.written() != null) {
        whole.setAll(pin.written());
      }
      return whole;
    } catch (IOException e) {
      throw new UncheckedIOException("a buffer refused to be written", e);
    }
  }

  private void writeComputed(JsonGenerator json) throws IOException {
    long hash = pin.hash();
    json.writeStringField("id", Long.toString(pin.id()));
    json.writeStringField("created_at", Times.zoneless(pin.createdSeconds(), hash));
    json.writeStringField("board_id", Long.toString(pin.board().id));
    writeNullable(
        json, "board_section_id", pin.section() == null ? null : Long.toString(pin.section().id()));
    json.writeObjectFieldStart("board_owner");
    json.writeStringField("username", pin.board().owner.username);
    json.writeEndObject();
    writeNullable(json, "title", Mix.below(hash, 9) == 0 ? null : Texts.title(hash));
    writeNullable(json, "description", description(hash));
    writeNullable(
        json, "alt_text", Mix.below(Mix.draw(hash, 3), 3) == 0 ? Texts.title(hash + 1) : null);
    writeNullable(json, "link", pin.hasLink() ? link(hash) : null);
    writeNullable(
        json,
        "dominant_color",
        Mix.below(Mix.draw(hash, 4), 20) == 0
            ? null
            : COLORS.get(Mix.below(Mix.draw(hash, 5), COLORS.size())));
    writeNullable(json, "creative_type", pin.creativeType());
    json.writeBooleanField("has_been_promoted", pin.isPromoted());
    json.writeBooleanField("is_owner", pin.owner() == reader);
    json.writeBooleanField("is_standard", Mix.below(Mix.draw(hash, 6), 15) != 0);
    writeNullable(
        json,
        "parent_pin_id",
        pin.isRepin() ? Long.toString(900_000_000_000_000_000L + (hash >>> 6)) : null);
    writeMetrics(json, hash);
    json.writeBooleanField("is_product", "SHOPPING".equals(pin.creativeType()));
    json.writeBooleanField("is_removable", true);
    json.writeArrayFieldStart("product_tags");
    json.writeEndArray();
    writeNullable(json, "note", paddingChars > 0 ? "x".repeat(paddingChars) : null);
    json.writeFieldName("media");
    writeMedia(json, hash);
  }

  private static @Nullable String description(long hash) {
    return switch (Mix.below(Mix.draw(hash, 2), 10)) {
      case 0 -> null;
      case 1 -> " ";
      case 2 -> "";
      default -> Texts.description(hash);
    };
  }

  private static String link(long hash) {
    return "https://www.example.com/"
        + Long.toHexString(hash & 0xFFFFFF)
        + "?utm_source=pinterest&ref=%C3%A9"
        + Mix.below(hash, 100);
  }

  private void writeMetrics(JsonGenerator json, long hash) throws IOException {
    if (!withMetrics) {
      json.writeNullField("pin_metrics");
      return;
    }
    int impressions = Mix.below(Mix.draw(hash, 7), 100_000);
    json.writeObjectFieldStart("pin_metrics");
    json.writeObjectFieldStart("90d");
    json.writeNumberField("impression", impressions);
    json.writeNumberField("pin_click", impressions / 30);
    json.writeNumberField("clickthrough", impressions / 90);
    json.writeEndObject();
    json.writeObjectFieldStart("lifetime_metrics");
    json.writeNumberField("impression", impressions * 5L);
    json.writeNumberField("pin_click", impressions / 6);
    json.writeNumberField("clickthrough", impressions / 18);
    json.writeNumberField("reaction", impressions / 200);
    json.writeNumberField("comment", impressions / 900);
    json.writeEndObject();
    json.writeEndObject();
  }

  private void writeMedia(JsonGenerator json, long hash) throws IOException {
    json.writeStartObject();
    String type = pin.creativeType();
    if ("VIDEO".equals(type)) {
      json.writeStringField("media_type", "video");
      writeVideo(json, hash);
      writeImages(json, hash);
    } else if ("CAROUSEL".equals(type)) {
      json.writeStringField("media_type", "multiple_images");
      json.writeArrayFieldStart("items");
      for (int i = 0; i < 2 + Mix.below(hash, 3); i++) {
        writeImageItem(json, hash + i);
      }
      json.writeEndArray();
    } else if ("IDEA".equals(type)) {
      boolean mixed = Mix.below(Mix.draw(hash, 8), 2) == 0;
      json.writeStringField("media_type", mixed ? "multiple_mixed" : "multiple_videos");
      json.writeArrayFieldStart("items");
      writeVideoItem(json, hash + 1);
      if (mixed) {
        writeImageItem(json, hash + 2);
      }
      json.writeEndArray();
    } else {
      json.writeStringField("media_type", "image");
      writeImages(json, hash);
    }
    json.writeEndObject();
  }

  private static void writeImageItem(JsonGenerator json, long hash) throws IOException {
    json.writeStartObject();
    json.writeStringField("item_type", "image");
    json.writeStringField("title", Texts.title(hash));
    json.writeNullField("description");
    json.writeNullField("link");
    writeImages(json, hash);
    json.writeEndObject();
  }

  private static void writeVideoItem(JsonGenerator json, long hash) throws IOException {
    json.writeStartObject();
    json.writeStringField("item_type", "video");
    writeVideo(json, hash);
    json.writeEndObject();
  }

  private static void writeVideo(JsonGenerator json, long hash) throws IOException {
    json.writeStringField("cover_image_url", imageUrl("originals", hash));
    if (Mix.below(hash, 4) == 0) {
      json.writeNullField("duration");
      json.writeNullField("height");
      json.writeNullField("width");
    } else {
      json.writeNumberField("duration", 1_000 + Mix.below(hash, 60_000));
      json.writeNumberField("height", 1_920);
      json.writeNumberField("width", 1_080);
    }
    json.writeNullField("video_url");
  }

  private static void writeImages(JsonGenerator json, long hash) throws IOException {
    json.writeObjectFieldStart("images");
    int height = 600 + Mix.below(Mix.draw(hash, 9), 600);
    writeImage(json, "150x150", 150, 150, hash);
    writeImage(json, "400x300", 400, 300, hash);
    writeImage(json, "600x", 600, height, hash);
    writeImage(json, "1200x", 1_200, height * 2, hash);
    json.writeEndObject();
  }

  private static void writeImage(JsonGenerator json, String size, int width, int height, long hash)
      throws IOException {
    json.writeObjectFieldStart(size);
    json.writeNumberField("width", width);
    json.writeNumberField("height", height);
    json.writeStringField("url", imageUrl(size, hash));
    json.writeEndObject();
  }

  static String imageUrl(String size, long hash) {
    String hex = Long.toHexString(hash | 0x1000_0000_0000_0000L);
    return "https://i.pinimg.com/"
        + size
        + "/"
        + hex.substring(0, 2)
        + "/"
        + hex.substring(2, 4)
        + "/"
        + hex
        + ".jpg";
  }

  static void writeNullable(JsonGenerator json, String name, @Nullable String value)
      throws IOException {
    if (value == null) {
      json.writeNullField(name);
    } else {
      json.writeStringField(name, value);
    }
  }
}
