package io.pinferry.operation;

import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.ProjectId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One full read of one object for one installation, or one write.
 *
 * @param startedAt the contract's operation time
 * @param end null while it is in progress
 */
public record Operation(
    OperationId id, Origin origin, Work work, Instant startedAt, @Nullable OperationEnd end) {

  /** Makes an operation that is in progress. */
  public static Operation started(OperationId id, Origin origin, Work work, Instant at) {
    return new Operation(id, origin, work, at, null);
  }

  public ProjectId project() {
    return origin.project();
  }

  public IntegrationId integration() {
    return origin.integration();
  }

  public InstallationId installation() {
    return origin.installation();
  }

  public ConnectionId connection() {
    return origin.connection();
  }

  /** Returns Pinterest's name of the object, for example {@code pins}. */
  public String objectName() {
    return work.objectName();
  }

  public OperationStatus status() {
    return end == null ? OperationStatus.IN_PROGRESS : end.status();
  }

  /** Returns the result in words for a person; empty while the operation is in progress. */
  public String result() {
    return end == null ? "" : end.result();
  }

  public boolean ended() {
    return end != null;
  }

  /** Returns whether it had ended at an instant. */
  public boolean endedBy(Instant instant) {
    return end != null && !end.at().isAfter(instant);
  }

  /**
   * Returns the work of a read.
   *
   * @throws IllegalStateException if the operation is a write
   */
  public Work.Read read() {
    return switch (work) {
      case Work.Read read -> read;
      case Work.Write _ -> throw new IllegalStateException(id + " is a write");
    };
  }

  /**
   * Returns the work of a write.
   *
   * @throws IllegalStateException if the operation is a read
   */
  public Work.Write write() {
    return switch (work) {
      case Work.Write write -> write;
      case Work.Read _ -> throw new IllegalStateException(id + " is a read");
    };
  }

  /** Returns whether this is a read of a type. */
  public boolean isRead(ReadType type) {
    return work instanceof Work.Read read && read.type() == type;
  }

  /** Returns the operation with its end. */
  public Operation with(OperationEnd reached) {
    return new Operation(id, origin, work, startedAt, reached);
  }

  /** Returns the operation with other work. */
  public Operation with(Work changed) {
    return new Operation(id, origin, changed, startedAt, end);
  }
}
