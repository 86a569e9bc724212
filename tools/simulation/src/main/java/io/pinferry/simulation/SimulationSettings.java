package io.pinferry.simulation;

import io.pinferry.assembly.FixedSettings;
import io.pinferry.delivery.RetrySchedule;
import io.pinferry.read.SyncSettings;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/** The settings of all functions of a world. */
final class SimulationSettings extends FixedSettings {
  /** The origin of the api door. */
  static final String ORIGIN = "https://pinferry.invalid";

  private static final Duration LEASE = Duration.ofSeconds(45);

  /** A small account is read in one slice of the real length, so most slices are shorter. */
  private static final List<Duration> SLICES =
      List.of(Duration.ofMillis(200), Duration.ofSeconds(2), Duration.ofMinutes(1));

  /** With these, messages are given up while faults still strike. */
  private static final RetrySchedule SHORT_RETRIES = RetrySchedule.parse("PT5S,PT1M,PT11M");

  private final SyncSettings sync;
  private final boolean redrives;

  /**
   * @param redrives whether people send dead letters again
   */
  SimulationSettings(RandomGenerator random, boolean redrives) {
    this.sync =
        new SyncSettings(
            SLICES.get(random.nextInt(SLICES.size())),
            LEASE,
            5,
            Duration.ofSeconds(10),
            8,
            100_000,
            3,
            10);
    this.redrives = redrives;
  }

  @Override
  public String publicApiOrigin() {
    return ORIGIN;
  }

  @Override
  public SyncSettings sync() {
    return sync;
  }

  @Override
  public RetrySchedule deliveryRetries() {
    return redrives ? SHORT_RETRIES : super.deliveryRetries();
  }
}
