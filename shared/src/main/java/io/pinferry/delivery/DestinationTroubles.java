package io.pinferry.delivery;

import io.pinferry.directory.DestinationTrouble;
import io.pinferry.directory.ProjectId;

/** Keeps what is known to be wrong with destinations. */
public interface DestinationTroubles {
  /**
   * Notes a trouble, if there is such a destination. What is disabled stays so, with its first
   * reason; what is failing already stays so until it is disabled. Together with a trouble that was
   * not known, the notification of it is put into the outbox.
   */
  void note(ProjectId project, String destinationName, DestinationTrouble trouble);

  /** Forgets that a destination was failing; one that is disabled stays so. */
  void recovered(ProjectId project, String destinationName);
}
