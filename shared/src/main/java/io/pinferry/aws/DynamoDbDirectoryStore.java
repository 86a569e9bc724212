package io.pinferry.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.Tasks;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.Document;
import io.pinferry.directory.DocumentKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/** The directory in a DynamoDB table with keys {@code pk} and {@code sk}. */
public final class DynamoDbDirectoryStore implements DirectoryStore {
  private static final int LIST_MAX = 1000;

  private final DynamoDb dynamoDb;
  private final String table;
  private final Tasks tasks;

  public DynamoDbDirectoryStore(DynamoDbClient client, String table, Tasks tasks) {
    this.dynamoDb = new DynamoDb(client, tasks);
    this.table = table;
    this.tasks = tasks;
  }

  @Override
  public Optional<Document> find(DocumentKey key) {
    Instant now = tasks.now();
    return dynamoDb
        .get(table, key.partition(), key.sort())
        .map(DirectoryItems::document)
        .filter(found -> found.expiresAt() == null || found.expiresAt().isAfter(now));
  }

  @Override
  public List<Document> list(
      String partition, String sortPrefix, @Nullable String after, int limit) {
    Limit.check(limit, LIST_MAX);
    var query =
        new DynamoDb.Query(table, partition)
            .beginning(sortPrefix)
            .filter(DirectoryItems.ALIVE, "now", Values.seconds(tasks.now()));
    if (after != null) {
      if (after.startsWith(sortPrefix)) {
        query.after(Item.key(partition, after));
      } else if (compareBytes(after, sortPrefix) > 0) {
        return List.of();
      }
      // Otherwise all items with the prefix are after it. DynamoDB accepts no start outside.
    }
    return dynamoDb.query(query, limit).stream().map(DirectoryItems::document).toList();
  }

  @Override
  public List<DirectoryWrite> write(List<DirectoryWrite> writes) {
    var keys = new HashSet<DocumentKey>();
    for (DirectoryWrite write : writes) {
      if (!keys.add(write.key())) {
        throw new IllegalArgumentException("two writes for " + write.key());
      }
    }
    Instant now = tasks.now();
    List<TransactWriteItem> items =
        writes.stream().map(write -> DirectoryItems.write(table, write, now)).toList();
    return dynamoDb.transact(items).stream().map(writes::get).toList();
  }

  private static int compareBytes(String one, String other) {
    return Arrays.compareUnsigned(one.getBytes(UTF_8), other.getBytes(UTF_8));
  }
}
