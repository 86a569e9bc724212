package io.pinferry.delivery;

/** Takes note of what was told of an operation, for whoever looks at it. */
public interface NotificationNotes {
  /**
   * A notification was given to the delivery queue. Can be repeated.
   *
   * @param operation the operation that it tells of
   * @param notification its id
   * @param text what was told, and whom, in words for a person
   */
  void sent(String operation, String notification, String text);
}
