package io.pinferry.aws;

import io.pinferry.timer.Timer;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Items of the Timers table: {@code pk} is the shard ({@code 0} to {@code 15}), {@code sk} is
 * {@code <milliseconds, fifteen digits>#<kind>#<id>}.
 */
final class TimerItems {
  private static final String DUE_AT = "dueAt";
  private static final String KIND = "kind";
  private static final String ID = "id";
  private static final String PAYLOAD = "payload";

  private TimerItems() {}

  static String shard(int shard) {
    return Integer.toString(shard);
  }

  static Timer timer(Item item) {
    return new Timer(item.millis(DUE_AT), item.text(KIND), item.text(ID), item.map(PAYLOAD));
  }

  /** Returns a part of a transaction that removes a timer; refused if it does not exist. */
  static TransactWriteItem remove(String table, Timer timer) {
    return write(table, timer).when(ItemWrite.EXISTS).delete();
  }

  /** Returns a part of a transaction that adds a timer. It keeps an existing timer. */
  static TransactWriteItem add(String table, Timer timer) {
    return write(table, timer)
        .setIfAbsent(DUE_AT, Values.millis(timer.dueAt()))
        .setIfAbsent(KIND, Values.text(timer.kind()))
        .setIfAbsent(ID, Values.text(timer.id()))
        .setIfAbsent(PAYLOAD, Values.map(timer.payload()))
        .update();
  }

  /**
   * Checks that no timer occurs twice.
   *
   * @throws IllegalArgumentException if one does
   */
  static void checkDistinct(List<Timer> removed, List<Timer> added) {
    var keys = new HashSet<String>();
    for (Timer timer : Stream.concat(removed.stream(), added.stream()).toList()) {
      if (!keys.add(sort(timer))) {
        throw new IllegalArgumentException("the timer " + sort(timer) + " occurs twice");
      }
    }
  }

  private static ItemWrite write(String table, Timer timer) {
    return new ItemWrite(table, shard(timer.shard()), sort(timer));
  }

  static String sort(Timer timer) {
    return Values.sortable(timer.dueAt()) + "#" + timer.kind() + "#" + timer.id();
  }
}
