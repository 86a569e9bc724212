package io.pinferry.aws;

import io.pinferry.base.IdSource;
import io.pinferry.base.Tasks;
import io.pinferry.connection.RefreshLease;
import io.pinferry.connection.RefreshLeaseStore;
import io.pinferry.directory.ConnectionId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Refresh leases in a DynamoDB table with the key {@code pk}, one item per connection. */
public final class DynamoDbRefreshLeaseStore implements RefreshLeaseStore {
  private static final String HOLDER = "holder";
  private static final String UNTIL = "untilMillis";

  /** The time that an ended lease is kept. */
  private static final Duration LEFT_BEHIND_MAX = Duration.ofHours(1);

  private final DynamoDb dynamoDb;
  private final String table;
  private final IdSource ids;

  public DynamoDbRefreshLeaseStore(DynamoDbClient client, String table, IdSource ids, Tasks tasks) {
    this.dynamoDb = new DynamoDb(client, tasks);
    this.table = table;
    this.ids = ids;
  }

  @Override
  public Optional<RefreshLease> tryAcquire(ConnectionId connection, Duration length, Instant now) {
    var lease = new RefreshLease(connection, ids.uuid(), now.plus(length));
    return dynamoDb
        .updated(
            new ItemWrite(table, pk(connection))
                .set(HOLDER, Values.text(lease.holder()))
                .set(UNTIL, Values.millis(lease.until()))
                .set(Item.EXPIRES_AT, Values.seconds(lease.until().plus(LEFT_BEHIND_MAX)))
                // The holder is in the item already when the SDK retries a successful update.
                .when("attribute_not_exists(#pk) OR #untilMillis <= :now OR #holder = :holder")
                .value("now", Values.millis(now)))
        .map(item -> lease);
  }

  @Override
  public void release(RefreshLease lease) {
    dynamoDb.update(
        new ItemWrite(table, pk(lease.connection()))
            .set(UNTIL, Values.millis(Instant.EPOCH))
            .when("#holder = :holder")
            .value(HOLDER, Values.text(lease.holder())));
  }

  private static String pk(ConnectionId connection) {
    return "REFRESH#" + connection;
  }
}
