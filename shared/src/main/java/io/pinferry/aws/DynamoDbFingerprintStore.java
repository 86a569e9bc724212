package io.pinferry.aws;

import io.pinferry.base.Codec;
import io.pinferry.base.Tasks;
import io.pinferry.operation.OperationId;
import io.pinferry.read.FingerprintStore;
import io.pinferry.read.Fingerprints;
import io.pinferry.read.ListKeys;
import io.pinferry.read.PartitionKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Fingerprints in the Reads table: {@code pk} operation, {@code sk} {@code
 * FINGERPRINTS#<partition>#<page>}.
 */
public final class DynamoDbFingerprintStore implements FingerprintStore {
  private static final String PREFIX = "FINGERPRINTS#";
  private static final String CREATED = "created";
  private static final String FENCE = "fence";
  private static final String FINGERPRINTS = "fingerprints";
  private static final String KEYS = "keys";

  /** The hashes of contents without those of keys, which follow from the first of the keys. */
  private static final String CONTENTS = "contents";

  /** More than the keys of any page have. */
  private static final int KEY_BYTES_MAX = 1_000_000;

  private final DynamoDb dynamoDb;
  private final String table;
  private final Tasks tasks;

  public DynamoDbFingerprintStore(DynamoDbClient client, String table, Tasks tasks) {
    this.dynamoDb = new DynamoDb(client, tasks);
    this.table = table;
    this.tasks = tasks;
  }

  @Override
  public boolean store(PartitionKey key, Page page) {
    ItemWrite write =
        new ItemWrite(
                table,
                key.operation().value(),
                prefix(key) + String.format(Locale.ROOT, "%09d", page.number()))
            .set(CREATED, Values.number(page.created()))
            .set(FENCE, Values.number(page.fence()))
            .set(Item.EXPIRES_AT, Values.seconds(tasks.now().plus(KEPT)))
            .when("attribute_not_exists(#fence) OR #fence <= :newest")
            .value("newest", Values.number(page.fence()));
    if (!page.keys().isEmpty()) {
      write = write.set(KEYS, Values.bytes(Gzip.pack(Codec.bytes(new Keys(page.keys())))));
    }
    return dynamoDb.updated(withFingerprints(write, page)).isPresent();
  }

  private static ItemWrite withFingerprints(ItemWrite write, Page page) {
    Optional<byte[]> contents =
        page.keys().stream()
            .findFirst()
            .flatMap(keys -> page.fingerprints().contentsOf(keys.keys()));
    return contents.isPresent()
        ? write.set(CONTENTS, Values.bytes(contents.get())).remove(FINGERPRINTS)
        : write.set(FINGERPRINTS, Values.bytes(page.fingerprints().toBytes())).remove(CONTENTS);
  }

  private static Fingerprints fingerprints(Item item, List<ListKeys> keys) {
    return item.has(CONTENTS)
        ? Fingerprints.of(keys.getFirst().keys(), item.bytes(CONTENTS))
        : Fingerprints.of(item.bytes(FINGERPRINTS));
  }

  @Override
  public List<Page> of(PartitionKey key) {
    String prefix = prefix(key);
    return dynamoDb.queryAll(
        new DynamoDb.Query(table, key.operation().value()).beginning(prefix),
        item -> {
          List<ListKeys> keys = keys(item);
          return new Page(
              Integer.parseInt(item.text(Item.SK).substring(prefix.length())),
              item.number(FENCE),
              (int) item.number(CREATED),
              fingerprints(item, keys),
              keys);
        });
  }

  /**
   * The stored form of keys.
   *
   * @param lists those of a page, or of the lists that had absent records
   */
  private record Keys(List<ListKeys> lists) {}

  private static List<ListKeys> keys(Item item) {
    if (!item.has(KEYS)) {
      return List.of();
    }
    try {
      return Codec.parse(Keys.class, Gzip.unpack(item.bytes(KEYS), KEY_BYTES_MAX)).lists();
    } catch (IOException e) {
      throw new UncheckedIOException("stored keys are damaged", e);
    }
  }

  @Override
  public void remove(OperationId operation) {
    dynamoDb.deleteAll(table, new DynamoDb.Query(table, operation.value()).beginning(PREFIX));
  }

  private static String prefix(PartitionKey key) {
    return PREFIX + key.partition().value() + "#";
  }
}
