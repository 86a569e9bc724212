package io.pinferry.install;

import io.pinferry.directory.Connection;
import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.pinterest.ReadPlan;
import java.util.Optional;

/** Checks before an installation that Pinterest allows the read of one record. */
public interface Sampling {
  /**
   * Requests one record of the first step of a plan.
   *
   * @return the refusal of Pinterest; empty if it accepts the request, and if it cannot decide now
   *     because of bad credentials, limits or an outage
   */
  Optional<PinterestFailure> refusal(Connection connection, ReadPlan plan);
}
