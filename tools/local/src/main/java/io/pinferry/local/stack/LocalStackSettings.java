package io.pinferry.local.stack;

import java.net.URI;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a local stack. The data directory gives a value for each that is null, if it had one
 * before; else the default holds.
 *
 * @param home the checkout, which has template.yaml
 * @param packages the folder that has functions' packages where the checkout has them after a build
 * @param records pins of the simulated account
 * @param boards boards of the simulated account; null for what suits the pins
 * @param seed what its data are made from
 * @param upstream another Pinterest instead of the simulator; null for the simulator
 * @param data where everything is kept; null for in memory
 * @param ports the ports of its servers
 * @param publicUrl the address at which others reach the api door, of a tunnel for example; null
 *     for its own
 * @param processes whether functions run in processes of their own, as on Lambda
 * @param replays whether delivered messages are kept, so that they can be sent again
 */
public record LocalStackSettings(
    Path home,
    Path packages,
    @Nullable Integer records,
    @Nullable Integer boards,
    @Nullable Long seed,
    @Nullable URI upstream,
    @Nullable Path data,
    LocalPorts ports,
    @Nullable URI publicUrl,
    boolean processes,
    boolean replays) {

  /** Makes settings whose functions are built in the checkout and run inside this process. */
  public LocalStackSettings(
      Path home,
      @Nullable Integer records,
      @Nullable Integer boards,
      @Nullable Long seed,
      @Nullable URI upstream,
      @Nullable Path data) {
    this(
        home,
        home,
        records,
        boards,
        seed,
        upstream,
        data,
        new LocalPorts.Any(),
        null,
        false,
        false);
  }

  /** Returns the servers that a stack with these settings opens; the receiver is another's. */
  Set<LocalPorts.Server> opened() {
    var opened = EnumSet.complementOf(EnumSet.of(LocalPorts.Server.RECEIVER));
    if (upstream != null) {
      opened.remove(LocalPorts.Server.PINTEREST);
    }
    return opened;
  }

  /** Returns the same with functions in processes of their own. */
  public LocalStackSettings inProcesses() {
    return new LocalStackSettings(
        home, packages, records, boards, seed, upstream, data, ports, publicUrl, true, replays);
  }

  /** Returns the same with delivered messages kept, so that they can be sent again. */
  public LocalStackSettings withReplays() {
    return new LocalStackSettings(
        home, packages, records, boards, seed, upstream, data, ports, publicUrl, processes, true);
  }

  /** Returns the checkout that the launcher has started this process from. */
  public static Path checkout() {
    return Path.of(System.getProperty("pinferry.home", ".")).toAbsolutePath().normalize();
  }

  /**
   * Returns the folder of the version that the launcher has started, or the checkout when something
   * else has started this process.
   */
  public static Path version() {
    String version = System.getProperty("pinferry.version");
    return version == null ? checkout() : Path.of(version);
  }
}
