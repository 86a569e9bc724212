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
 * Budgets in a DynamoDB table with the key {@code pk}, one item per budget. A change starts from
 * the last known state. If others have changed the budget since, the refused update returns the
 * present state, and the change starts again from that.
 */
public final class DynamoDbBudgetStore implements BudgetStore {
  private static final String VERSION = "version";
  private static final String FIRST_SECOND = "firstSecond";
  private static final String COUNTS = "counts";
  private static final String LEARNED = "learned";
  private static final String PAUSED_UNTIL = "pausedUntilMicros";

  /** The id of the last change of the ledger. */
  private static final String CHANGE = "change";

  /** Each attempt can be overtaken by one of a dozen other processes. */
  private static final int ATTEMPTS_MAX = 20;

  private static final int KNOWN_MAX = 1_000;

  private final DynamoDb dynamoDb;
  private final String table;
  private final IdSource ids;
  private final Map<BudgetKey, KnownBudget> known = BoundedMap.of(KNOWN_MAX);

  /**
   * A known state of a budget.
   *
   * @param version the number of its changes; 0 if it does not exist
   */
  private record KnownBudget(long version, Budget budget) {
    static final KnownBudget NOTHING = new KnownBudget(0, Budget.UNUSED);

    static KnownBudget of(@Nullable Item item) {
      return item == null
          ? NOTHING
          : new KnownBudget(
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
    KnownBudget last = lastSeen(key);
    Budget.Transition transition = last.budget().take(request);
    // The known state may be old, so a refusal counts only if nothing has changed.
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
    KnownBudget last = lastSeen(key);
    return replaced(key, last, last.budget().giveBack(unused).ledger(), unused.getLast());
  }

  private KnownBudget read(BudgetKey key) {
    return remember(key, KnownBudget.of(dynamoDb.get(table, pk(key)).orElse(null)));
  }

  private static ProviderUnavailable overtaken(BudgetKey key) {
    return new ProviderUnavailable("other processes keep changing the budget " + key, null, null);
  }

  /**
   * Writes a ledger unless others have changed the budget since it was known. Remembers the present
   * state. If the answer to a write is lost, the SDK retries it and its own change refuses the
   * retry; the id of the change shows this.
   *
   * @param until the time of its last slot; the item is kept for a while after that
   */
  private boolean replaced(BudgetKey key, KnownBudget last, Ledger ledger, Instant until) {
    String change = ids.uuid();
    ItemWrite update =
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
      case DynamoDb.UpdateResult.Success(Item after) -> {
        remember(key, KnownBudget.of(after));
        yield true;
      }
      case DynamoDb.UpdateResult.Refusal(Item found) -> {
        remember(key, KnownBudget.of(found));
        yield found != null && change.equals(found.textOrNull(CHANGE));
      }
    };
  }

  @Override
  public void learn(BudgetKey key, List<BudgetWindow> windows, Instant now) {
    dynamoDb
        .updated(change(key, now.plus(RETENTION)).set(LEARNED, Values.text(text(windows))))
        .ifPresent(after -> remember(key, KnownBudget.of(after)));
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

  private ItemWrite change(BudgetKey key, Instant kept) {
    return new ItemWrite(table, pk(key))
        .add(VERSION, Values.number(1))
        .set(Item.EXPIRES_AT, Values.seconds(kept));
  }

  private static String pk(BudgetKey key) {
    return "BUDGET#" + key.owner().app() + "#" + key.owner().user() + "#" + key.category();
  }

  private KnownBudget lastSeen(BudgetKey key) {
    synchronized (known) {
      return known.getOrDefault(key, KnownBudget.NOTHING);
    }
  }

  private KnownBudget remember(BudgetKey key, KnownBudget now) {
    synchronized (known) {
      known.put(key, now);
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
