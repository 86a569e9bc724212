package io.pinferry.directory;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An offer of a builder to groups.
 *
 * @param name unique in the project; upper and lower case are kept
 * @param latestRevision the base of new installations
 * @param updateTime the time of its last new revision, null if none
 */
public record Integration(
    IntegrationId id,
    @JsonProperty("projectId") ProjectId project,
    String name,
    String provider,
    Revision latestRevision,
    Instant createTime,
    @Nullable Instant updateTime) {

  /** Returns the integration with a newer revision. */
  public Integration revised(Revision revision, Instant now) {
    return new Integration(id, project, name, provider, revision, createTime, now);
  }
}
