package io.pinferry.aws;

import io.pinferry.base.Tasks;
import io.pinferry.delivery.ResultStore;
import io.pinferry.directory.ProjectId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Records of large messages in the Reads table, compressed and split over items: {@code pk} {@code
 * RESULT#<project>#<message>}, {@code sk} {@code PART#<number>}.
 */
public final class DynamoDbResultStore implements ResultStore {
  /** An item has at most 400 KB, including names and keys. */
  private static final int PART_BYTES_MAX = 390_000;

  private static final String PART_COUNT = "partCount";
  private static final String BYTES = "resultBytes";

  private final DynamoDb dynamoDb;
  private final String table;

  public DynamoDbResultStore(DynamoDbClient client, String table, Tasks tasks) {
    this.dynamoDb = new DynamoDb(client, tasks);
    this.table = table;
  }

  @Override
  public void keep(ProjectId project, String messageId, byte[] result, Instant until) {
    byte[] packed = Gzip.pack(result);
    int count = (packed.length + PART_BYTES_MAX - 1) / PART_BYTES_MAX;
    for (int part = 0; part < count; part++) {
      int from = part * PART_BYTES_MAX;
      int to = Math.min(packed.length, from + PART_BYTES_MAX);
      Item item =
          Item.keyed(key(project, messageId), String.format(Locale.ROOT, "PART#%03d", part))
              .with(PART_COUNT, count)
              .with(BYTES, Values.bytes(Arrays.copyOfRange(packed, from, to)))
              .expiringAt(until);
      dynamoDb.transact(List.of(DynamoDb.putInTransaction(table, item)));
    }
  }

  @Override
  public Optional<byte[]> find(ProjectId project, String messageId) {
    List<Item> parts =
        dynamoDb.queryAll(new DynamoDb.Query(table, key(project, messageId)), Function.identity());
    if (parts.isEmpty() || parts.size() < parts.getFirst().number(PART_COUNT)) {
      return Optional.empty();
    }
    var packed = new ByteArrayOutputStream();
    parts.forEach(part -> packed.writeBytes(part.bytes(BYTES)));
    try {
      return Optional.of(Gzip.unpack(packed.toByteArray(), Integer.MAX_VALUE));
    } catch (IOException e) {
      throw new UncheckedIOException("a stored result is damaged", e);
    }
  }

  @Override
  public void remove(ProjectId project, String messageId) {
    dynamoDb.deleteAll(table, new DynamoDb.Query(table, key(project, messageId)));
  }

  private static String key(ProjectId project, String messageId) {
    return "RESULT#" + project.value() + "#" + messageId;
  }
}
