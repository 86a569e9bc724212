package io.pinbridge.aws;

import io.pinbridge.base.Tasks;
import io.pinbridge.limit.BudgetKey;
import io.pinbridge.limit.BudgetStore;
import io.pinbridge.limit.Slots;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Budgets in a DynamoDB table with the key {@code pk}, one item per budget. An update cannot choose
 * the later of two instants, so there is one for each case; which one it will be is guessed from
 * what was seen last, and a refused guess tells what is true.
 */
public final class DynamoDbBudgetStore implements BudgetStore {
  private static final String NEXT_FREE = "nextFreeMicros";
  private static final String INTERVAL = "intervalMicros";
  private static final String PAUSED_UNTIL = "pausedUntilMicros";

  /** Every failed guess means that others have changed the budget in between. */
  private static final int GUESSES_MAX = 6;

  private static final int SEEN_MAX = 1_000;

  private final DynamoDb dynamoDb;
  private final String table;
  private final Map<BudgetKey, Seen> seen =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<BudgetKey, Seen> eldest) {
          return size() > SEEN_MAX;
        }
      };

  /**
   * A budget as it was.
   *
   * @param nextFree the beginning of time if no slot was ever taken
   * @param interval null if none is stored
   */
  private record Seen(Instant nextFree, @Nullable Duration interval, Instant pausedUntil) {
    static final Seen NOTHING = new Seen(Instant.EPOCH, null, Instant.EPOCH);

    static Seen of(@Nullable Item item) {
      return item == null
          ? NOTHING
          : new Seen(
              instant(item, NEXT_FREE),
              item.has(INTERVAL) ? Duration.of(item.number(INTERVAL), ChronoUnit.MICROS) : null,
              instant(item, PAUSED_UNTIL));
    }

    private static Instant instant(Item item, String name) {
      return item.has(name)
          ? Instant.EPOCH.plus(item.number(name), ChronoUnit.MICROS)
          : Instant.EPOCH;
    }
  }

  public DynamoDbBudgetStore(DynamoDbClient client, String table, Tasks tasks) {
    this.dynamoDb = new DynamoDb(client, tasks);
    this.table = table;
  }

  @Override
  public Taken take(BudgetKey key, Wanted wanted) {
    Seen last = lastSeen(key);
    for (int guess = 1; guess <= GUESSES_MAX; guess++) {
      Duration interval = last.interval() == null ? wanted.assumed() : last.interval();
      Duration span = interval.multipliedBy(wanted.slots());
      boolean ahead = last.nextFree().isAfter(wanted.now());
      DynamoDb.Changed changed =
          dynamoDb.update(
              ahead
                  ? afterTheLast(key, wanted, interval, span)
                  : fromNow(key, wanted, interval, span));
      switch (changed) {
        case DynamoDb.Changed.Applied(Item after) -> {
          Seen now = remember(key, Seen.of(after));
          return new Taken.Granted(new Slots(now.nextFree().minus(span), interval, wanted.slots()));
        }
        case DynamoDb.Changed.Refused(Item found) -> last = remember(key, Seen.of(found));
      }
      Duration known = last.interval() == null ? wanted.assumed() : last.interval();
      if (last.pausedUntil().isAfter(wanted.now())) {
        return new Taken.Refused(last.pausedUntil(), true, known);
      }
      if (last.nextFree().isAfter(wanted.firstBy())) {
        return new Taken.Refused(last.nextFree(), false, known);
      }
    }
    Duration known = last.interval() == null ? wanted.assumed() : last.interval();
    Instant next = last.nextFree().isAfter(wanted.now()) ? last.nextFree() : wanted.now();
    return new Taken.Refused(next.plus(known), false, known);
  }

  private ItemUpdate fromNow(BudgetKey key, Wanted wanted, Duration interval, Duration span) {
    return taking(key, wanted, interval, span)
        .set(NEXT_FREE, micros(wanted.now().plus(span)))
        .when("attribute_not_exists(#nextFreeMicros) OR #nextFreeMicros <= :now");
  }

  private ItemUpdate afterTheLast(BudgetKey key, Wanted wanted, Duration interval, Duration span) {
    return taking(key, wanted, interval, span)
        .compute(NEXT_FREE, "#nextFreeMicros + :span")
        .value("span", Values.number(toMicros(span)))
        .when("#nextFreeMicros > :now AND #nextFreeMicros <= :firstBy")
        .value("firstBy", micros(wanted.firstBy()));
  }

  private ItemUpdate taking(BudgetKey key, Wanted wanted, Duration interval, Duration span) {
    // The last slot may be this far ahead at most; the item must live longer.
    Instant last = later(wanted.now(), wanted.firstBy()).plus(span);
    return new ItemUpdate(table, pk(key))
        .set(INTERVAL, Values.number(toMicros(interval)))
        .set(Item.EXPIRES_AT, Values.seconds(last.plus(KEPT)))
        .when("attribute_not_exists(#intervalMicros) OR #intervalMicros = :intervalMicros")
        .when("attribute_not_exists(#pausedUntilMicros) OR #pausedUntilMicros <= :now")
        .value("now", micros(wanted.now()));
  }

  @Override
  public boolean giveBack(BudgetKey key, Slots unused) {
    return dynamoDb
        .updated(
            new ItemUpdate(table, pk(key))
                .set(NEXT_FREE, micros(unused.first()))
                .when("#nextFreeMicros = :end")
                .value("end", micros(unused.end())))
        .isPresent();
  }

  @Override
  public void learn(BudgetKey key, Duration interval, Instant now) {
    remember(
        key,
        Seen.of(
            dynamoDb
                .updated(
                    new ItemUpdate(table, pk(key))
                        .set(INTERVAL, Values.number(toMicros(interval)))
                        .set(Item.EXPIRES_AT, Values.seconds(now.plus(KEPT))))
                .orElse(null)));
  }

  @Override
  public void pause(BudgetKey key, Instant until) {
    dynamoDb.update(
        new ItemUpdate(table, pk(key))
            .set(PAUSED_UNTIL, micros(until))
            .set(Item.EXPIRES_AT, Values.seconds(until.plus(KEPT)))
            .when(
                "attribute_not_exists(#pausedUntilMicros) OR #pausedUntilMicros <"
                    + " :pausedUntilMicros"));
  }

  private Seen lastSeen(BudgetKey key) {
    synchronized (seen) {
      return seen.getOrDefault(key, Seen.NOTHING);
    }
  }

  private Seen remember(BudgetKey key, Seen now) {
    synchronized (seen) {
      seen.put(key, now);
    }
    return now;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static AttributeValue micros(Instant instant) {
    return Values.number(ChronoUnit.MICROS.between(Instant.EPOCH, instant));
  }

  private static long toMicros(Duration duration) {
    return duration.toNanos() / 1_000;
  }

  private static String pk(BudgetKey key) {
    return "BUDGET#" + key.owner().app() + "#" + key.owner().user() + "#" + key.category();
  }
}
