package io.pinferry.base;

import org.jspecify.annotations.Nullable;

/**
 * The id that follows a request from the door through the queues to the attempt at the webhook. It
 * belongs to the running work, not to a value that is passed on: {@link VirtualThreadTasks} takes
 * it along to other threads, messages of queues carry it, and each line of the log names it.
 */
public final class Correlation {
  private static final ScopedValue<String> ID = ScopedValue.newInstance();

  private Correlation() {}

  /** Returns the id of the running work; null if it has none. */
  public static @Nullable String id() {
    return ID.isBound() ? ID.get() : null;
  }

  /**
   * Does work under an id.
   *
   * @param id null keeps the id of the caller
   * @throws X what the work throws
   */
  public static <T, X extends Throwable> T call(
      @Nullable String id, ScopedValue.CallableOp<T, X> work) throws X {
    return id == null ? work.call() : ScopedValue.where(ID, id).call(work);
  }
}
