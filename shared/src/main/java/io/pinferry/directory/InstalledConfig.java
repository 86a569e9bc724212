package io.pinferry.directory;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.pinferry.manifest.EffectiveConfig;
import io.pinferry.manifest.InstallationConfig;
import java.time.Instant;

/**
 * The config of an installation: the choice of a group, and the resulting config.
 *
 * @param id changes with the config
 * @param revision the integration's latest revision when the config was made
 * @param createdBy in the contract's form, {@code consumer:}, {@code builder:} or {@code api:} and
 *     an id
 * @param choice the group's choice, unchanged
 * @param effective the choice merged with the revision; reads use it
 */
public record InstalledConfig(
    String id,
    @JsonProperty("revisionId") RevisionId revision,
    Instant createTime,
    String createdBy,
    InstallationConfig choice,
    EffectiveConfig effective) {}
