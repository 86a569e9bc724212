package io.pinferry.read;

import io.pinferry.operation.ReadType;
import io.pinferry.operation.Work;

/**
 * A request for a read of an object.
 *
 * @param period the period of the records to read
 * @param delivery which records are delivered
 * @param releasesHeld whether records are told as deleted even if a large part of all is missing
 */
public record ReadRequest(
    ReadType type, Work.Period period, Delivery delivery, boolean releasesHeld) {

  /** Which records a read delivers. */
  public enum Delivery {
    /** All. */
    ALL,
    /** Those that the mode of the object says. */
    BY_MODE
  }

  /** Returns the request for a read on schedule. */
  public static ReadRequest scheduled() {
    return new ReadRequest(ReadType.SCHEDULED, Work.Period.ALL, Delivery.BY_MODE, false);
  }

  /** Returns the request for a read that delivers all records of a period. */
  public static ReadRequest whole(ReadType type, Work.Period period) {
    return new ReadRequest(type, period, Delivery.ALL, false);
  }
}
