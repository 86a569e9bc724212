package io.pinferry.directory;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A group's use of an integration; one per group and integration.
 *
 * @param owner the owner at the time of the last change
 * @param createdBy in the contract's form, {@code consumer:u_42}
 * @param updateTime when its config last changed, null if never
 */
public record Installation(
    InstallationId id,
    @JsonProperty("projectId") ProjectId project,
    @JsonProperty("integrationId") IntegrationId integration,
    Owner owner,
    @JsonProperty("connectionId") ConnectionId connection,
    InstalledConfig config,
    String createdBy,
    Instant createTime,
    @Nullable Instant updateTime) {

  /** Returns the time of the last config, the installation's update time in messages. */
  public Instant lastUpdateTime() {
    return updateTime == null ? createTime : updateTime;
  }

  /** Returns the installation with another connection of its group. */
  public Installation withConnection(Connection other) {
    return new Installation(
        id,
        project,
        integration,
        other.owner(),
        other.id(),
        config,
        createdBy,
        createTime,
        updateTime);
  }

  /** Returns the installation with another config. */
  public Installation withConfig(InstalledConfig other, Instant now) {
    return new Installation(
        id, project, integration, owner, connection, other, createdBy, createTime, now);
  }
}
