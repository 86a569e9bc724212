package io.pinferry.aws;

import io.pinferry.base.Tasks;
import io.pinferry.timer.Timer;
import io.pinferry.timer.TimerStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/** Timers in a DynamoDB table with keys {@code pk} and {@code sk}. */
public final class DynamoDbTimerStore implements TimerStore {
  private final DynamoDb dynamoDb;
  private final String table;

  public DynamoDbTimerStore(DynamoDbClient client, String table, Tasks tasks) {
    this.dynamoDb = new DynamoDb(client, tasks);
    this.table = table;
  }

  @Override
  public List<Timer> due(int shard, Instant now, int limit) {
    var query =
        new DynamoDb.Query(table, TimerItems.shard(shard))
            .before(Values.sortable(now.toEpochMilli() + 1));
    return dynamoDb.query(query, limit).stream().map(TimerItems::timer).toList();
  }

  @Override
  public boolean contains(Timer timer) {
    return dynamoDb.get(table, TimerItems.shard(timer.shard()), TimerItems.sort(timer)).isPresent();
  }

  @Override
  public boolean replace(@Nullable Timer remove, List<Timer> add) {
    if (add.size() > 99) {
      throw new IllegalArgumentException(add.size() + " timers are more than 99");
    }
    List<Timer> removed = remove == null ? List.of() : List.of(remove);
    TimerItems.checkDistinct(removed, add);
    List<TransactWriteItem> writes = new ArrayList<>();
    removed.forEach(timer -> writes.add(TimerItems.remove(table, timer)));
    add.forEach(timer -> writes.add(TimerItems.add(table, timer)));
    return dynamoDb.transact(writes).isEmpty();
  }
}
