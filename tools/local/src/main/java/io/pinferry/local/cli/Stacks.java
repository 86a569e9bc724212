package io.pinferry.local.cli;

import io.pinferry.local.stack.LocalStackSettings;
import java.nio.file.Files;
import java.nio.file.Path;

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

  /**
   * @param wellKnownPorts whether to take 8080 and up where they are free
   */
  static LocalStackSettings settings(StackOptions options, boolean wellKnownPorts) {
    return new LocalStackSettings(
        home(),
        LocalStackSettings.version(),
        options.records,
        options.boards,
        options.seed,
        options.upstream,
        options.data,
        wellKnownPorts,
        options.processes);
  }
}
