package io.pinferry.pinterest;

/** An answer that is not a page: no JSON, or no list of records in it. */
public final class MalformedPage extends Exception {
  public MalformedPage(String what, int offset) {
    super(what + " at byte " + offset);
  }
}
