package io.pinferry.delivery;

/** Notes the notifications of an operation, for people who look at the operation. */
public interface NotificationNotes {
  /**
   * Notes an event of a notification. The call can be repeated.
   *
   * @param id identifies the event
   * @param text the event and its destinations, in words for a person
   */
  void note(String operation, String id, Severity severity, String text);

  /** How grave an event is. */
  enum Severity {
    INFO,
    WARNING,
    ERROR
  }
}
