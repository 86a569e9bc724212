package io.pinferry.local.api;

/** The exit codes of the commands that use a running Pinferry. They never change their meaning. */
public enum ExitCode {
  /** The command did its work. */
  OK(0, "done"),
  /** A failure without a code of its own, for example a file that cannot be written. */
  FAILED(1, "failed, and no other code fits"),
  /** An option, a setting, or a file with addresses and keys is wrong; nothing was sent. */
  USAGE(2, "a wrong option, setting or profile; nothing was sent"),
  /** The command worked, and an operation, a record or a message has failed or is lost. */
  NOT_WELL(3, "something has failed or is lost, or doctor has found a problem"),
  /** No Pinferry answers at the address. */
  UNREACHABLE(4, "no Pinferry answers at the address"),
  /** The key is unknown, or may not do this. */
  NOT_ALLOWED(5, "the key is unknown, or may not do this"),
  /** There is no such thing. */
  NOT_FOUND(6, "there is no such thing"),
  /** Pinferry refuses the request. The same request will be refused again. */
  REFUSED(7, "Pinferry refuses the request"),
  /** Pinferry cannot do this now. The same request may succeed later. */
  LATER(8, "not possible now; try again later");

  private final int number;
  private final String meaning;

  ExitCode(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  public int number() {
    return number;
  }

  /** Returns the meaning, in words for the help. */
  public String meaning() {
    return meaning;
  }
}
