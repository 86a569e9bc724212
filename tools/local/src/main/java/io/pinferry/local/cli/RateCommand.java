package io.pinferry.local.cli;

import io.pinferry.local.api.Doors;
import io.pinferry.local.api.ExitCode;
import io.pinferry.local.api.Installations;
import io.pinferry.local.api.RateLimits;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows what is left of Pinterest's limits. */
@Command(
    name = "rate",
    description =
        "Shows what is left of Pinterest's limits for a customer, when all of it is left again, and"
            + " pauses after a 429. It sends no request to Pinterest.",
    mixinStandardHelpOptions = true)
final class RateCommand implements Callable<Integer> {
  @Mixin private TargetOptions options = new TargetOptions();

  @Parameters(
      paramLabel = "INSTALLATION",
      description = "Its id, or the customer's group if that has one installation.")
  private String installation = "";

  @Override
  public Integer call() {
    Doors doors = options.doors();
    RateLimits limits = RateLimits.of(doors, new Installations(doors).get(installation));
    if (options.json()) {
      options.print(limits.json());
    } else {
      options.print(limits.lines());
    }
    return ExitCode.OK.number();
  }
}
