package io.pinferry.local.cli;

import io.pinferry.local.stack.LocalPorts;
import io.pinferry.local.stack.LocalStack;
import io.pinferry.local.stack.LocalStackSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Turns options into settings. */
final class Stacks {
  private Stacks() {}

  /** Returns the folder of the checkout, which the launcher names. */
  static Path home() {
    Path home = LocalStackSettings.checkout();
    if (!Files.exists(home.resolve("template.yaml"))) {
      throw new IllegalStateException(
          "there is no template.yaml in " + home + "; start pinferry from its checkout");
    }
    return home;
  }

  /** Starts a stack, on the emulator that the options name. */
  static LocalStack start(StackOptions options, LocalStackSettings settings)
      throws IOException, InterruptedException {
    URI emulator = Checks.awsEndpoint("--aws-endpoint", options.awsEndpoint);
    return LocalStack.start(
        settings, UnaryOperator.identity(), cloud -> cloud.withAwsEndpoint(emulator), _ -> {});
  }

  /** Returns the settings of a stack that keeps nothing, with the simulated Pinterest. */
  static LocalStackSettings settings(StackOptions options) {
    return settings(options, null, null, new LocalPorts.Any(), null);
  }

  static LocalStackSettings settings(
      StackOptions options,
      @Nullable URI upstream,
      @Nullable Path data,
      LocalPorts ports,
      @Nullable URI publicUrl) {
    Checks.count("--records", options.records);
    Checks.count("--boards", options.boards);
    return new LocalStackSettings(
        home(),
        LocalStackSettings.version(),
        options.records,
        options.boards,
        options.seed,
        upstream,
        data,
        ports,
        publicUrl,
        options.processes,
        false);
  }
}
