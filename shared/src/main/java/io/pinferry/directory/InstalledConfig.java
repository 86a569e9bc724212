package io.pinferry.directory;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.pinferry.manifest.EffectiveConfig;
import io.pinferry.manifest.InstallationConfig;
import java.time.Instant;

/**
 * The choice of a group, and the config that follows from it.
 *
 * @param id another one for each change of the config
 * @param revision the integration's latest when the config was made; it is merged with this one
 * @param createdBy in the contract's form, {@code consumer:}, {@code builder:} or {@code api:} and
 *     an id
 * @param choice the group's choice, as it came
 * @param effective the choice merged with the revision, as reads use it
 */
public record InstalledConfig(
    String id,
    @JsonProperty("revisionId") RevisionId revision,
    Instant createTime,
    String createdBy,
    InstallationConfig choice,
    EffectiveConfig effective) {}
