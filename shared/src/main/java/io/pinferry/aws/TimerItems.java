package io.pinferry.aws;

import io.pinferry.timer.Timer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Items of the Timers table: {@code pk} is the shard ({@code 0} to {@code 15}), {@code sk} the
 * instant in fifteen digits of milliseconds, kind and id.
 */
final class TimerItems {
  private static final String DUE_AT = "dueAt";
  private static final String KIND = "kind";
  private static final String ID = "id";
  private static final String PAYLOAD = "payload";
  private static final String EXISTS = "attribute_exists(#pk)";

  private TimerItems() {}

  static String shard(int shard) {
    return Integer.toString(shard);
  }

  static Timer timer(Item item) {
    return new Timer(item.millis(DUE_AT), item.text(KIND), item.text(ID), item.map(PAYLOAD));
  }

  /** Returns a part of a transaction; refused unless the timer is there. */
  static TransactWriteItem remove(String table, Timer timer) {
    return TransactWriteItem.builder()
        .delete(
            delete ->
                delete
                    .tableName(table)
                    .key(key(timer))
                    .conditionExpression(EXISTS)
                    .expressionAttributeNames(ItemUpdate.names(EXISTS)))
        .build();
  }

  /** Returns a part of a transaction; never refused, and leaves a timer that is there as it is. */
  static TransactWriteItem add(String table, Timer timer) {
    return TransactWriteItem.builder()
        .update(
            new ItemUpdate(table, shard(timer.shard()), sort(timer))
                .setIfAbsent(DUE_AT, Values.millis(timer.dueAt()))
                .setIfAbsent(KIND, Values.text(timer.kind()))
                .setIfAbsent(ID, Values.text(timer.id()))
                .setIfAbsent(PAYLOAD, Values.map(timer.payload()))
                .inTransaction())
        .build();
  }

  /**
   * Checks that no timer is there twice.
   *
   * @throws IllegalArgumentException if one is
   */
  static void checkDistinct(List<Timer> removed, List<Timer> added) {
    var keys = new HashSet<String>();
    for (List<Timer> some : List.of(removed, added)) {
      for (Timer timer : some) {
        if (!keys.add(sort(timer))) {
          throw new IllegalArgumentException("twice the timer " + sort(timer));
        }
      }
    }
  }

  private static Map<String, AttributeValue> key(Timer timer) {
    return Item.key(shard(timer.shard()), sort(timer));
  }

  static String sort(Timer timer) {
    return Values.sortable(timer.dueAt()) + "#" + timer.kind() + "#" + timer.id();
  }
}
