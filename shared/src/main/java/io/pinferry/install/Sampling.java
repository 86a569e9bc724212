package io.pinferry.install;

import io.pinferry.directory.Connection;
import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.pinterest.ReadPlan;
import java.util.Optional;

/** Tries whether Pinterest lets one record be read before anything is installed. */
public interface Sampling {
  /**
   * Asks for one record where a plan begins.
   *
   * @return why Pinterest does not accept the request; empty if it does, and also if it cannot say
   *     now: bad credentials, used-up limits and outages are no reason not to install
   */
  Optional<PinterestFailure> refusal(Connection connection, ReadPlan plan);
}
