package io.pinferry.local.stack;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a local stack is to be. What is null is taken from the data directory, if it was given
 * before, else from the defaults.
 *
 * @param home the checkout: where template.yaml and the functions' archives are
 * @param records pins of the simulated account
 * @param boards boards of the simulated account; null for what suits the pins
 * @param seed what its data are made from
 * @param upstream another Pinterest instead of the simulator; null for the simulator
 * @param data where everything is kept; null for in memory
 * @param wellKnownPorts whether to take 8080 and up where they are free, else any
 * @param processes whether functions run in processes of their own, as on Lambda
 */
public record LocalStackSettings(
    Path home,
    @Nullable Integer records,
    @Nullable Integer boards,
    @Nullable Long seed,
    @Nullable URI upstream,
    @Nullable Path data,
    boolean wellKnownPorts,
    boolean processes) {

  /** Makes settings whose functions run inside this process. */
  public LocalStackSettings(
      Path home,
      @Nullable Integer records,
      @Nullable Integer boards,
      @Nullable Long seed,
      @Nullable URI upstream,
      @Nullable Path data,
      boolean wellKnownPorts) {
    this(home, records, boards, seed, upstream, data, wellKnownPorts, false);
  }

  /** Returns the checkout that the launcher has started this process from. */
  public static Path checkout() {
    return Path.of(System.getProperty("pinferry.home", ".")).toAbsolutePath().normalize();
  }
}
