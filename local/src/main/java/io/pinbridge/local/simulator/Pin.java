package io.pinbridge.local.simulator;

import org.jspecify.annotations.Nullable;

/**
 * Where and whose a pin is; everything else about it follows from {@code hash}.
 *
 * @param createdSeconds since 1970
 * @param section null if the pin is on the board itself
 * @param owner who made the pin, not who owns the board
 */
record Pin(
    long id,
    long hash,
    long createdSeconds,
    Board board,
    Board.@Nullable Section section,
    Person owner) {
  boolean isPromoted() {
    return Mix.below(Mix.draw(hash, 20), 12) == 0;
  }

  boolean isRepin() {
    return Mix.below(Mix.draw(hash, 21), 6) == 0;
  }

  boolean hasLink() {
    return Mix.below(Mix.draw(hash, 22), 10) < 8;
  }

  /** The creative type as it is sent, null for the pins that have none. */
  @Nullable String creativeType() {
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
