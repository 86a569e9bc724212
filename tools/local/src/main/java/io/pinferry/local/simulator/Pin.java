package io.pinferry.local.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * The place and owner of a pin. Everything else follows from {@code hash}.
 *
 * @param createdSeconds since 1970
 * @param section null if the pin is on the board itself
 * @param owner who made the pin, not who owns the board
 * @param written the members that requests gave the pin, null if they follow from the hash alone
 */
record Pin(
    long id,
    long hash,
    long createdSeconds,
    Board board,
    Board.@Nullable Section section,
    Person owner,
    @Nullable ObjectNode written) {
  /** Returns what requests gave the pin, to be added to. */
  ObjectNode writtenCopy() {
    return written == null ? JsonNodeFactory.instance.objectNode() : written.deepCopy();
  }

  Pin withWritten(ObjectNode members) {
    return new Pin(id, hash, createdSeconds, board, section, owner, members);
  }

  private @Nullable JsonNode given(String member) {
    return written == null ? null : written.get(member);
  }

  boolean isPromoted() {
    JsonNode given = given("has_been_promoted");
    return given == null ? Mix.below(Mix.draw(hash, 20), 12) == 0 : given.asBoolean();
  }

  boolean isRepin() {
    JsonNode given = given("parent_pin_id");
    return given == null ? Mix.below(Mix.draw(hash, 21), 6) == 0 : !given.isNull();
  }

  boolean hasLink() {
    JsonNode given = given("link");
    return given == null ? Mix.below(Mix.draw(hash, 22), 10) < 8 : !given.isNull();
  }

  /** The creative type as it is sent, null for the pins that have none. */
  @Nullable String creativeType() {
    JsonNode given = given("creative_type");
    if (given != null) {
      return given.isNull() ? null : given.asText();
    }
    int draw = Mix.below(Mix.draw(hash, 23), 100);
    if (draw < 74) {
      return "REGULAR";
    } else if (draw < 84) {
      return "VIDEO";
    } else if (draw < 88) {
      return "CAROUSEL";
    } else if (draw < 92) {
      return "IDEA";
    } else if (draw < 95) {
      return "SHOPPING";
    } else if (draw < 97) {
      return "COLLECTION";
    }
    return null;
  }
}
