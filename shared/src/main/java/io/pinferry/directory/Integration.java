package io.pinferry.directory;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An offer of a builder to groups.
 *
 * @param name unique in the project, in the case it was given
 * @param latestRevision the base of new installations
 * @param updateTime when it last got another revision, null if never
 */
public record Integration(
    IntegrationId id,
    @JsonProperty("projectId") ProjectId project,
    String name,
    String provider,
    Revision latestRevision,
    Instant createTime,
    @Nullable Instant updateTime) {

  /** Returns the same integration with a newer revision. */
  public Integration revised(Revision revision, Instant now) {
    return new Integration(id, project, name, provider, revision, createTime, now);
  }
}
