package io.pinferry.aws;

import io.pinferry.base.Attempts;
import io.pinferry.base.BoundedMap;
import io.pinferry.base.IdSource;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.Tasks;
import io.pinferry.limit.Budget;
import io.pinferry.limit.BudgetKey;
import io.pinferry.limit.BudgetOwner;
import io.pinferry.limit.BudgetStore;
import io.pinferry.limit.BudgetWindow;
import io.pinferry.limit.Ledger;
import io.pinferry.limit.TakenSlots;
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
 * Budgets in a DynamoDB table with the key {@code pk}. All budgets of an owner are in one item,
 * since they share the short limits. A change starts from the last known item. If others have
 * changed it since, the refused update returns the present item, and the change starts again from
 * that.
 */
public final class DynamoDbBudgetStore implements BudgetStore {
  private static final String VERSION = "version";
  private static final String FIRST_CELL = "firstCell";
  private static final String CELLS = "cells";

  /** The id of the last change of the ledger. */
  private static final String CHANGE = "change";

  /** Each attempt can be overtaken by one of a dozen other processes. */
  private static final int ATTEMPTS_MAX = 20;

  private static final int KNOWN_MAX = 1_000;

  private final DynamoDb dynamoDb;
  private final String table;
  private final IdSource ids;
  private final Map<BudgetOwner, KnownBudgets> known = BoundedMap.of(KNOWN_MAX);

  /** The names of one budget's attributes. */
  private record Attributes(String firstSecond, String counts, String learned, String pausedUntil) {
    static Attributes of(BudgetKey key) {
      String category = "_" + key.category();
      return new Attributes(
          "firstSecond" + category,
          "counts" + category,
          "learned" + category,
          "pausedUntilMicros" + category);
    }
  }

  /**
   * A known state of an owner's budgets.
   *
   * @param version the number of its changes; 0 if it does not exist
   */
  private record KnownBudgets(long version, @Nullable Item item) {
    static final KnownBudgets NOTHING = new KnownBudgets(0, null);

    static KnownBudgets of(@Nullable Item item) {
      return item == null ? NOTHING : new KnownBudgets(item.number(VERSION), item);
    }

    Budget budget(BudgetKey key) {
      if (item == null) {
        return Budget.UNUSED;
      }
      Attributes names = Attributes.of(key);
      return new Budget(
          new TakenSlots(
              ledger(item, TakenSlots.SECOND, names.firstSecond(), names.counts()),
              ledger(item, TakenSlots.CELL, FIRST_CELL, CELLS)),
          windows(item.textOrNull(names.learned())),
          item.has(names.pausedUntil())
              ? Instant.EPOCH.plus(item.number(names.pausedUntil()), ChronoUnit.MICROS)
              : Instant.EPOCH);
    }

    private static Ledger ledger(Item item, Duration cell, String first, String counts) {
      return item.has(counts)
          ? Ledger.decoded(cell, item.number(first), item.bytes(counts))
          : Ledger.empty(cell);
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
    KnownBudgets last = lastSeen(key);
    Budget.Transition transition = last.budget(key).take(request);
    // The known state may be old, so a refusal counts only if nothing has changed.
    boolean holds =
        transition.result() instanceof TakeResult.Refusal
            ? read(key).version() == last.version()
            : replaced(key, last, transition.after().taken(), request.firstBy());
    return holds ? Optional.of(transition.result()) : Optional.empty();
  }

  @Override
  public void giveBack(BudgetKey key, List<Instant> unused) {
    if (!Attempts.untilDone(ATTEMPTS_MAX, () -> tryGiveBack(key, unused))) {
      throw overtaken(key);
    }
  }

  private boolean tryGiveBack(BudgetKey key, List<Instant> unused) {
    KnownBudgets last = lastSeen(key);
    return replaced(key, last, last.budget(key).giveBack(unused).taken(), unused.getLast());
  }

  private KnownBudgets read(BudgetKey key) {
    return remember(key, KnownBudgets.of(dynamoDb.get(table, pk(key.owner())).orElse(null)));
  }

  private static ProviderUnavailable overtaken(BudgetKey key) {
    return new ProviderUnavailable("other processes keep changing the budget " + key, null, null);
  }

  /**
   * Writes the taken slots unless others have changed the item since it was known. Remembers the
   * present state. If the answer to a write is lost, the SDK retries it and its own change refuses
   * the retry; the id of the change shows this.
   *
   * @param until the time of its last slot; the item is kept for a while after that
   */
  private boolean replaced(BudgetKey key, KnownBudgets last, TakenSlots taken, Instant until) {
    String change = ids.uuid();
    Attributes names = Attributes.of(key);
    ItemWrite update =
        change(key, until.plus(RETENTION))
            .set(CHANGE, Values.text(change))
            .set(names.firstSecond(), Values.number(taken.ofBudget().first()))
            .set(names.counts(), Values.bytes(taken.ofBudget().encoded()))
            .set(FIRST_CELL, Values.number(taken.ofOwner().first()))
            .set(CELLS, Values.bytes(taken.ofOwner().encoded()));
    if (last.version() == 0) {
      update.when("attribute_not_exists(#version)");
    } else {
      update.when("#version = :seenVersion").value("seenVersion", Values.number(last.version()));
    }
    return switch (dynamoDb.update(update)) {
      case DynamoDb.UpdateResult.Success(Item after) -> {
        remember(key, KnownBudgets.of(after));
        yield true;
      }
      case DynamoDb.UpdateResult.Refusal(Item found) -> {
        remember(key, KnownBudgets.of(found));
        yield found != null && change.equals(found.textOrNull(CHANGE));
      }
    };
  }

  @Override
  public void learn(BudgetKey key, List<BudgetWindow> windows, Instant now) {
    dynamoDb
        .updated(
            change(key, now.plus(RETENTION))
                .set(Attributes.of(key).learned(), Values.text(text(windows))))
        .ifPresent(after -> remember(key, KnownBudgets.of(after)));
  }

  @Override
  public void pause(BudgetKey key, Instant until) {
    String name = Attributes.of(key).pausedUntil();
    dynamoDb.update(
        change(key, until.plus(RETENTION))
            .set(name, Values.number(ChronoUnit.MICROS.between(Instant.EPOCH, until)))
            .when("attribute_not_exists(#" + name + ") OR #" + name + " < :" + name));
  }

  @Override
  public List<Budget> find(BudgetOwner owner, List<String> categories) {
    KnownBudgets present = KnownBudgets.of(dynamoDb.get(table, pk(owner)).orElse(null));
    return categories.stream()
        .map(category -> present.budget(new BudgetKey(owner, category)))
        .toList();
  }

  private ItemWrite change(BudgetKey key, Instant kept) {
    return new ItemWrite(table, pk(key.owner()))
        .add(VERSION, Values.number(1))
        .set(Item.EXPIRES_AT, Values.seconds(kept));
  }

  private static String pk(BudgetOwner owner) {
    return "BUDGETS#" + owner.app() + "#" + owner.user();
  }

  private KnownBudgets lastSeen(BudgetKey key) {
    synchronized (known) {
      return known.getOrDefault(key.owner(), KnownBudgets.NOTHING);
    }
  }

  private KnownBudgets remember(BudgetKey key, KnownBudgets now) {
    synchronized (known) {
      known.put(key.owner(), now);
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
