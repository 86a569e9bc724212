package io.pinferry.local.cli;

import io.pinferry.local.api.Doors;
import io.pinferry.local.api.Installations;
import io.pinferry.local.api.Operations;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that choose operations. */
final class FilterOptions {
  @Option(
      names = "--installation",
      paramLabel = "ID|GROUP",
      description = "Only those of this installation; a customer with one installation is enough.")
  private @Nullable String installation;

  @Option(names = "--object", paramLabel = "NAME", description = "Only those of this object.")
  private @Nullable String object;

  /**
   * Returns the filter.
   *
   * @param status null for any
   * @param since null for any
   */
  Operations.Filter filter(Doors doors, @Nullable String status, @Nullable String since) {
    if (installation == null) {
      return new Operations.Filter(null, null, object, status, since);
    }
    Installations.Found found = new Installations(doors).get(installation);
    return new Operations.Filter(found.group(), found.id(), object, status, since);
  }
}
