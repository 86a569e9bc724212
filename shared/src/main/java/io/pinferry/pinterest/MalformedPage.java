package io.pinferry.pinterest;

/** An answer that is not a page: not JSON, or without a list of records. */
public final class MalformedPage extends Exception {
  MalformedPage(String reason, long offset) {
    super(reason + " at byte " + offset);
  }
}
