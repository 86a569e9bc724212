package io.pinferry.delivery;

import io.pinferry.directory.DestinationTrouble;
import io.pinferry.directory.ProjectId;

/** Stores the troubles of destinations. */
public interface DestinationTroubles {
  /**
   * Notes a trouble if the destination exists. A disabled destination stays disabled, for its first
   * reason. A failing one keeps its first trouble until it is disabled. A new trouble is stored
   * together with its notification.
   */
  void note(ProjectId project, String destinationName, DestinationTrouble trouble);

  /** Clears the trouble of a failing destination. A disabled one stays disabled. */
  void recovered(ProjectId project, String destinationName);
}
