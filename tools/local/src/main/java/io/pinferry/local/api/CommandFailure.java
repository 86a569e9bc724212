package io.pinferry.local.api;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A command cannot go on. */
public final class CommandFailure extends RuntimeException {
  private final ExitCode code;
  private final @Nullable String remedy;

  /**
   * @param remedy what to do next, in a sentence for a person; null if the message says it
   */
  public CommandFailure(ExitCode code, String message, @Nullable String remedy) {
    super(message);
    this.code = code;
    this.remedy = remedy;
  }

  public ExitCode code() {
    return code;
  }

  public Optional<String> remedy() {
    return Optional.ofNullable(remedy);
  }
}
