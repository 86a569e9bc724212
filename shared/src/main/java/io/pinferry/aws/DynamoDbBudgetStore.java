package io.pinferry.aws;

import io.pinferry.base.Attempts;
import io.pinferry.base.BoundedMap;
import io.pinferry.base.IdSource;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.Tasks;
import io.pinferry.limit.Budget;
import io.pinferry.limit.BudgetKey;
import io.pinferry.limit.BudgetStore;
import io.pinferry.limit.BudgetWindow;
import io.pinferry.limit.Ledger;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Budgets in a DynamoDB table with the key {@code pk}, one item per budget. What a change begins
 * with is what was seen last; where others have changed the budget since, the refused update tells
 * how it is, and the change begins with that.
 */
public final class DynamoDbBudgetStore implements BudgetStore {
  private static final String VERSION = "version";
  private static final String FIRST_SECOND = "firstSecond";
  private static final String COUNTS = "counts";
  private static final String LEARNED = "learned";
  private static final String PAUSED_UNTIL = "pausedUntilMicros";

  /** Names the newest change of the ledger. */
  private static final String CHANGE = "change";

  /** Each attempt but the last was overtaken by another process, of which there are a dozen. */
  private static final int ATTEMPTS_MAX = 20;

  private static final int SEEN_MAX = 1_000;

  private final DynamoDb dynamoDb;
  private final String table;
  private final IdSource ids;
  private final Map<BudgetKey, Seen> seen = BoundedMap.of(SEEN_MAX);

  /**
   * A budget as it was.
   *
   * @param version how often it has been changed; 0 if it does not exist
   */
  private record Seen(long version, Budget budget) {
    static final Seen NOTHING = new Seen(0, Budget.UNUSED);

    static Seen of(@Nullable Item item) {
      return item == null
          ? NOTHING
          : new Seen(
              item.number(VERSION),
              new Budget(
                  item.has(COUNTS)
                      ? Ledger.decoded(item.number(FIRST_SECOND), item.bytes(COUNTS))
                      : Ledger.EMPTY,
                  windows(item.textOrNull(LEARNED)),
                  item.has(PAUSED_UNTIL)
                      ? Instant.EPOCH.plus(item.number(PAUSED_UNTIL), ChronoUnit.MICROS)
                      : Instant.EPOCH));
    }
  }

  public DynamoDbBudgetStore(DynamoDbClient client, String table, IdSource ids, Tasks tasks) {
    this.dynamoDb = new DynamoDb(client, tasks);
    this.table = table;
    this.ids = ids;
  }

  @Override
  public TakeResult take(BudgetKey key, SlotRequest request) {
    return Attempts.until(ATTEMPTS_MAX, () -> tryTake(key, request))
        .orElseThrow(() -> overtaken(key));
  }

  private Optional<TakeResult> tryTake(BudgetKey key, SlotRequest request) {
    Seen last = lastSeen(key);
    Budget.Transition transition = last.budget().take(request);
    // What was seen may be old, so a refusal is believed only if nothing has changed.
    boolean holds =
        transition.result() instanceof TakeResult.Refusal
            ? read(key).version() == last.version()
            : replaced(key, last, transition.after().ledger(), request.firstBy());
    return holds ? Optional.of(transition.result()) : Optional.empty();
  }

  @Override
  public void giveBack(BudgetKey key, List<Instant> unused) {
    if (!Attempts.untilDone(ATTEMPTS_MAX, () -> tryGiveBack(key, unused))) {
      throw overtaken(key);
    }
  }

  private boolean tryGiveBack(BudgetKey key, List<Instant> unused) {
    Seen last = lastSeen(key);
    return replaced(key, last, last.budget().giveBack(unused).ledger(), unused.getLast());
  }

  private Seen read(BudgetKey key) {
    return remember(key, Seen.of(dynamoDb.get(table, pk(key)).orElse(null)));
  }

  private static ProviderUnavailable overtaken(BudgetKey key) {
    return new ProviderUnavailable(
        "the budget " + key + " is changed too often by others", null, null);
  }

  /**
   * Writes a ledger unless others have changed the budget since it was seen; remembers what holds.
   * Where the answer to a write is lost, the SDK repeats it, and is refused by its own change.
   *
   * @param until when its last slot may be; it is kept for a while after that
   */
  private boolean replaced(BudgetKey key, Seen last, Ledger ledger, Instant until) {
    String change = ids.uuid();
    ItemUpdate update =
        change(key, until.plus(RETENTION))
            .set(CHANGE, Values.text(change))
            .set(FIRST_SECOND, Values.number(ledger.first()))
            .set(COUNTS, Values.bytes(ledger.encoded()));
    if (last.version() == 0) {
      update.when("attribute_not_exists(#version)");
    } else {
      update.when("#version = :seenVersion").value("seenVersion", Values.number(last.version()));
    }
    return switch (dynamoDb.update(update)) {
      case DynamoDb.Changed.Applied(Item after) -> {
        remember(key, Seen.of(after));
        yield true;
      }
      case DynamoDb.Changed.Refused(Item found) -> {
        remember(key, Seen.of(found));
        yield found != null && change.equals(found.textOrNull(CHANGE));
      }
    };
  }

  @Override
  public void learn(BudgetKey key, List<BudgetWindow> windows, Instant now) {
    dynamoDb
        .updated(change(key, now.plus(RETENTION)).set(LEARNED, Values.text(text(windows))))
        .ifPresent(after -> remember(key, Seen.of(after)));
  }

  @Override
  public void pause(BudgetKey key, Instant until) {
    dynamoDb.update(
        change(key, until.plus(RETENTION))
            .set(PAUSED_UNTIL, Values.number(ChronoUnit.MICROS.between(Instant.EPOCH, until)))
            .when(
                "attribute_not_exists(#pausedUntilMicros) OR #pausedUntilMicros <"
                    + " :pausedUntilMicros"));
  }

  private ItemUpdate change(BudgetKey key, Instant kept) {
    return new ItemUpdate(table, pk(key))
        .add(VERSION, Values.number(1))
        .set(Item.EXPIRES_AT, Values.seconds(kept));
  }

  private static String pk(BudgetKey key) {
    return "BUDGET#" + key.owner().app() + "#" + key.owner().user() + "#" + key.category();
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

  private static String text(List<BudgetWindow> windows) {
    return windows.stream()
        .map(window -> window.limit() + "/" + window.length().toMillis())
        .collect(Collectors.joining(" "));
  }

  private static @Nullable List<BudgetWindow> windows(@Nullable String text) {
    return text == null
        ? null
        : Arrays.stream(text.split(" "))
            .map(window -> window.split("/"))
            .map(
                window ->
                    new BudgetWindow(
                        Integer.parseInt(window[0]), Duration.ofMillis(Long.parseLong(window[1]))))
            .toList();
  }
}
