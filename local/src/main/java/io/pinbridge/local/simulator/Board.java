package io.pinbridge.local.simulator;

import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * A board with its sections. Which of the token user's pins are on it, {@link OwnPins} computes.
 */
final class Board {
  final int number;
  final long id;
  final long hash;
  final String name;
  final Person owner;
  final Privacy privacy;
  final int collaborators;
  final List<Section> sections;

  /** Pins on this board that are not the token user's, by id. */
  final NavigableMap<Long, Pin> guestPins = new ConcurrentSkipListMap<>();

  volatile boolean deleted;

  Board(
      int number,
      long id,
      long hash,
      String name,
      Person owner,
      Privacy privacy,
      int collaborators,
      List<Section> sections) {
    this.number = number;
    this.id = id;
    this.hash = hash;
    this.name = name;
    this.owner = owner;
    this.privacy = privacy;
    this.collaborators = collaborators;
    this.sections = List.copyOf(sections);
  }

  boolean isSecret() {
    return privacy == Privacy.SECRET;
  }

  record Section(int number, long id, String name) {}

  enum Privacy {
    PUBLIC,
    PROTECTED,
    SECRET
  }
}
