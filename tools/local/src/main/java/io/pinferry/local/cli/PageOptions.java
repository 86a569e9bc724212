package io.pinferry.local.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that choose a page of a list. */
final class PageOptions {
  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "How many, 1 to 1000. Default: ${DEFAULT-VALUE}.")
  private int limit;

  @Option(
      names = "--page",
      paramLabel = "TOKEN",
      description = "Go on after another page, which printed this token.")
  private @Nullable String page;

  int limit() {
    return limit;
  }

  /** Returns the token of the page before; null for the first page. */
  @Nullable String token() {
    return page;
  }
}
