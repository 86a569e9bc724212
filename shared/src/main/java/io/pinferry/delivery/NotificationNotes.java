package io.pinferry.delivery;

/** Notes the notifications of an operation, for people who look at the operation. */
public interface NotificationNotes {
  /**
   * Notes that a notification is in the delivery queue. The call can be repeated.
   *
   * @param notification the id of the notification
   * @param text the event and the destinations, in words for a person
   */
  void sent(String operation, String notification, String text);
}
