package io.pinferry.simulation.kernel;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A queue with the promises of SQS: each message comes at least once, in any order; it is invisible
 * while a consumer works on it, and becomes visible again if the consumer does not delete it. A
 * fair queue hands out messages in the order of {@link FairTurns}. The consumer gets a batch as
 * soon as there is a message, up to a number of batches at a time.
 */
public final class SimulatedQueue<T> {
  private static final int BATCH_MAX = 10;

  /** The number of batches that the consumer works on at a time. */
  private static final int CONCURRENCY = 2;

  private final String name;
  private final Scheduler scheduler;
  private final RandomGenerator random;
  private final FaultPlan faults;
  private final Duration visibility;
  private final @Nullable FairTurns turns;
  private final List<Message<T>> messages = new ArrayList<>();
  private @Nullable Consumer<List<Message<T>>> consumer;
  private int batchesOut;
  private int sizeMax;

  /** A message, until it is deleted. */
  public static final class Message<T> {
    private final T body;
    private final String turn;
    private Instant visibleAt;
    private @Nullable Instant receivedAt;
    private int receiveCount;

    private Message(T body, String turn, Instant visibleAt) {
      this.body = body;
      this.turn = turn;
      this.visibleAt = visibleAt;
    }

    public T body() {
      return body;
    }

    public int receiveCount() {
      return receiveCount;
    }
  }

  /**
   * @param fair whether customers have turns; without, messages come in any order
   */
  public SimulatedQueue(
      String name,
      Scheduler scheduler,
      RandomGenerator random,
      FaultPlan faults,
      Duration visibility,
      boolean fair) {
    this.name = name;
    this.scheduler = scheduler;
    this.random = random;
    this.faults = faults;
    this.visibility = visibility;
    this.turns = fair ? new FairTurns() : null;
  }

  /** Sets the consumer; it must call {@link #release} after each batch, however it ends. */
  public void consumer(Consumer<List<Message<T>>> newConsumer) {
    consumer = newConsumer;
  }

  /**
   * Sends messages.
   *
   * @param turn returns the customer of a message
   */
  public void send(Function<T, String> turn, List<T> bodies, Duration delay) {
    for (T body : bodies) {
      Instant visibleAt = scheduler.now().plus(delay);
      add(new Message<>(body, turn.apply(body), visibleAt));
      if (faults.strikes(3)) {
        faults.count("message duplicated");
        add(new Message<>(body, turn.apply(body), visibleAt.plusMillis(random.nextInt(60_000))));
      }
    }
    sizeMax = Math.max(sizeMax, messages.size());
  }

  private void add(Message<T> message) {
    if (faults.strikes(3)) {
      faults.count("message delayed");
      message.visibleAt = message.visibleAt.plusMillis(random.nextInt(120_000));
    }
    messages.add(message);
    scheduler.at(message.visibleAt, this::poll);
  }

  /** Gives the consumer batches while there are messages and it works on few enough. */
  private void poll() {
    while (consumer != null && batchesOut < CONCURRENCY) {
      List<Message<T>> batch = receive();
      if (batch.isEmpty()) {
        return;
      }
      if (faults.strikes(2)) {
        faults.count("batch lost until it is visible again");
        continue;
      }
      batchesOut++;
      consumer.accept(batch);
    }
  }

  private List<Message<T>> receive() {
    Instant now = scheduler.now();
    List<Message<T>> visible =
        new ArrayList<>(
            messages.stream().filter(message -> !message.visibleAt.isAfter(now)).toList());
    List<Message<T>> batch = new ArrayList<>();
    while (!visible.isEmpty() && batch.size() < BATCH_MAX) {
      List<Message<T>> next = next(visible);
      Message<T> message = next.get(random.nextInt(next.size()));
      visible.remove(message);
      batch.add(message);
      message.receiveCount++;
      message.receivedAt = now;
      message.visibleAt = now.plus(visibility);
      scheduler.at(message.visibleAt, this::poll);
    }
    return batch;
  }

  /** Returns the visible messages of which one is next. */
  private List<Message<T>> next(List<Message<T>> visible) {
    if (turns == null) {
      return visible;
    }
    Instant now = scheduler.now();
    List<FairTurns.InFlight> inFlight =
        messages.stream()
            .filter(message -> message.receiveCount > 0 && message.visibleAt.isAfter(now))
            .map(message -> new FairTurns.InFlight(message.turn, message.receivedAt))
            .toList();
    Set<String> first =
        turns.first(
            visible.stream().map(one -> one.turn).collect(Collectors.toSet()), inFlight, now);
    return visible.stream().filter(message -> first.contains(message.turn)).toList();
  }

  /** The consumer no longer works on a message. */
  private void worked(Message<T> message) {
    if (turns != null && message.receivedAt != null) {
      turns.worked(message.turn, message.receivedAt, scheduler.now());
      message.receivedAt = null;
    }
  }

  /** Makes a message invisible from now on, for a time. */
  public void hide(Message<T> message, Duration time) {
    worked(message);
    message.visibleAt = scheduler.now().plus(time);
    scheduler.at(message.visibleAt, this::poll);
  }

  public void delete(Message<T> message) {
    worked(message);
    messages.remove(message);
  }

  /** The consumer's work on a batch is over, with or without success. */
  public void release() {
    batchesOut--;
    scheduler.at(scheduler.now(), this::poll);
  }

  public boolean isEmpty() {
    return messages.isEmpty();
  }

  /** Returns the largest number of messages that the queue held. */
  public int sizeMax() {
    return sizeMax;
  }

  @Override
  public String toString() {
    return name + " queue with up to " + sizeMax + " messages";
  }
}
