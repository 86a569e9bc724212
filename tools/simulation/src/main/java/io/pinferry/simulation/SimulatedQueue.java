package io.pinferry.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A queue as SQS is: at least once, in no order, hidden while it is worked on, visible again if it
 * was not deleted. Batches go to a consumer as soon as there is something, as many at once as are
 * allowed.
 */
final class SimulatedQueue<T> {
  private static final int BATCH_MAX = 10;

  private final String name;
  private final Scheduler scheduler;
  private final RandomGenerator random;
  private final FaultPlan faults;
  private final Duration visibility;
  private final int invocationsMax;
  private final Consumer<List<Message<T>>> consumer;
  private final List<Message<T>> messages = new ArrayList<>();
  private int working;
  private int deepest;

  /** One message, until it is deleted. */
  static final class Message<T> {
    private final T body;
    private Instant visibleAt;
    private int receiveCount;

    private Message(T body, Instant visibleAt) {
      this.body = body;
      this.visibleAt = visibleAt;
    }

    T body() {
      return body;
    }

    int receiveCount() {
      return receiveCount;
    }
  }

  SimulatedQueue(
      String name,
      Scheduler scheduler,
      RandomGenerator random,
      FaultPlan faults,
      Duration visibility,
      int invocationsMax,
      Consumer<List<Message<T>>> consumer) {
    this.name = name;
    this.scheduler = scheduler;
    this.random = random;
    this.faults = faults;
    this.visibility = visibility;
    this.invocationsMax = invocationsMax;
    this.consumer = consumer;
  }

  void send(List<T> bodies, Duration delay) {
    for (T body : bodies) {
      Instant visibleAt = scheduler.now().plus(delay);
      add(new Message<>(body, visibleAt));
      if (faults.strikes(3)) {
        faults.count("message duplicated");
        add(new Message<>(body, visibleAt.plusMillis(random.nextInt(60_000))));
      }
    }
    deepest = Math.max(deepest, messages.size());
  }

  private void add(Message<T> message) {
    if (faults.strikes(3)) {
      faults.count("message delayed");
      message.visibleAt = message.visibleAt.plusMillis(random.nextInt(120_000));
    }
    messages.add(message);
    scheduler.at(message.visibleAt, this::poll);
  }

  /** Hands a batch over if there is one and room to work on it. */
  private void poll() {
    while (working < invocationsMax) {
      Instant now = scheduler.now();
      List<Message<T>> visible =
          new ArrayList<>(messages.stream().filter(one -> !one.visibleAt.isAfter(now)).toList());
      if (visible.isEmpty()) {
        return;
      }
      List<Message<T>> batch = new ArrayList<>();
      while (!visible.isEmpty() && batch.size() < BATCH_MAX) {
        batch.add(visible.remove(random.nextInt(visible.size())));
      }
      for (Message<T> message : batch) {
        message.receiveCount++;
        hide(message, visibility);
      }
      if (faults.strikes(2)) {
        faults.count("batch lost until it is visible again");
        continue;
      }
      working++;
      consumer.accept(batch);
    }
  }

  /** Hides a message for a time from now on. */
  void hide(Message<T> message, Duration time) {
    message.visibleAt = scheduler.now().plus(time);
    scheduler.at(message.visibleAt, this::poll);
  }

  void delete(Message<T> message) {
    messages.remove(message);
  }

  /** One invocation is over, however it ended. */
  void release() {
    working--;
    scheduler.at(scheduler.now(), this::poll);
  }

  int size() {
    return messages.size();
  }

  int deepest() {
    return deepest;
  }

  @Override
  public String toString() {
    return name + " queue with " + messages.size() + " messages";
  }
}
