package io.pinferry.local.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * A Pinterest user with everything that belongs to it. The maps are in the order of their ids and
 * may change while they are listed.
 */
final class Person {
  /** The user's number: 0 is the one whose account the settings describe. */
  final int number;

  final long id;
  final String username;

  /** Boards this user owns or collaborates on. */
  final NavigableMap<Long, Board> boards = new ConcurrentSkipListMap<>();

  final NavigableMap<Long, ObjectNode> media = new ConcurrentSkipListMap<>();
  final NavigableMap<Long, Catalog> catalogs = new ConcurrentSkipListMap<>();
  final NavigableMap<Long, Feed> feeds = new ConcurrentSkipListMap<>();
  final NavigableMap<Long, ProductGroup> productGroups = new ConcurrentSkipListMap<>();
  final NavigableMap<Long, ObjectNode> websites = new ConcurrentSkipListMap<>();
  final NavigableMap<Long, ObjectNode> integrations = new ConcurrentSkipListMap<>();

  Person(int number, long id, String username) {
    this.number = number;
    this.id = id;
    this.username = username;
  }

  /** A catalog with the rows of its report about distribution. */
  record Catalog(
      long id, CatalogType type, ObjectNode json, NavigableMap<Long, ObjectNode> distribution) {}

  /** A feed, the catalog it fills, and the rows of the report about its latest processing. */
  record Feed(
      long id,
      long catalogId,
      CatalogType type,
      long processingResultId,
      ObjectNode json,
      NavigableMap<Long, ObjectNode> ingestion) {}

  /** A product group; {@code feedId} is 0 for one of the whole catalog. */
  record ProductGroup(long id, long catalogId, long feedId, ObjectNode json) {}

  enum CatalogType {
    RETAIL,
    HOTEL,
    CREATIVE_ASSETS
  }
}
