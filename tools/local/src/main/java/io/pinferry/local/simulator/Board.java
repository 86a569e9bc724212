package io.pinferry.local.simulator;

import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A board with its sections. Which of the token user's pins are on it, {@link OwnPins} computes.
 */
final class Board {
  final int number;
  final long id;
  final long hash;
  final Person owner;
  final int collaborators;

  /** The sections the board began with: where computed pins lie follows from these. */
  final List<Section> firstSections;

  /** The sections there are now. */
  final List<Section> sections;

  final long createdSeconds;
  volatile String name;
  volatile Privacy privacy;
  volatile @Nullable String description;

  /** When a request last changed the pins on this board, 0 for never. */
  volatile long pinsModifiedSeconds;

  /** Pins on this board that are kept: those of others, and those that requests made or changed. */
  final NavigableMap<Long, Pin> storedPins = new ConcurrentSkipListMap<>();

  volatile boolean deleted;

  Board(
      int number,
      long id,
      long hash,
      String name,
      Person owner,
      Privacy privacy,
      int collaborators,
      List<Section> sections,
      @Nullable String description,
      long createdSeconds) {
    this.number = number;
    this.id = id;
    this.hash = hash;
    this.name = name;
    this.owner = owner;
    this.privacy = privacy;
    this.collaborators = collaborators;
    this.firstSections = List.copyOf(sections);
    this.sections = new CopyOnWriteArrayList<>(sections);
    this.description = description;
    this.createdSeconds = createdSeconds;
  }

  boolean isSecret() {
    return privacy == Privacy.SECRET;
  }

  /** A section, compared by identity since its name may change. */
  static final class Section {
    private final long id;
    volatile String name;

    Section(long id, String name) {
      this.id = id;
      this.name = name;
    }

    long id() {
      return id;
    }

    String name() {
      return name;
    }
  }

  enum Privacy {
    PUBLIC,
    PROTECTED,
    SECRET
  }
}
