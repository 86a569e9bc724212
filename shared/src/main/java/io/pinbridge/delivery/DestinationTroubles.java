package io.pinbridge.delivery;

import io.pinbridge.directory.DestinationTrouble;
import io.pinbridge.directory.ProjectId;

/** Keeps what is known to be wrong with destinations. */
public interface DestinationTroubles {
  /**
   * Notes a trouble. What is disabled stays so, with its first reason; what is failing already
   * stays so until it is disabled.
   *
   * @return the trouble as it is noted now, be it this one or an earlier one; null if there is no
   *     such destination
   */
  @org.jspecify.annotations.Nullable
  DestinationTrouble note(ProjectId project, String destinationName, DestinationTrouble trouble);

  /** Forgets that a destination was failing; one that is disabled stays so. */
  void recovered(ProjectId project, String destinationName);
}
