package io.pinferry.delivery;

import io.pinferry.directory.DestinationTrouble;
import io.pinferry.directory.ProjectId;

/** Stores the troubles of destinations. */
public interface DestinationTroubles {
  /**
   * Notes a trouble if the destination exists. A trouble stays until a graver one comes: first an
   * attempt fails, then a message is given up, and a disabled destination stays disabled. A message
   * that is given up, and a disabled destination, are stored together with their notification.
   *
   * <p>A destination that takes one message and refuses the next is noted as failing a few times a
   * minute only, so that a message does not cost a write. A graver trouble is always noted.
   */
  void note(ProjectId project, String destinationName, DestinationTrouble trouble);

  /** Clears the trouble of a failing destination. A disabled one stays disabled. */
  void recovered(ProjectId project, String destinationName);
}
