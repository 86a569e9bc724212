package io.pinferry.directory;

import java.time.Instant;

/**
 * What a group has chosen, and what comes of it.
 *
 * @param id another one for each change of the config
 * @param revision the integration's latest when the config was made; it is merged with this one
 * @param createdBy in the contract's form, {@code consumer:}, {@code builder:} or {@code api:} and
 *     an id
 * @param choice what the group chose, as it came: JSON written by {@code
 *     io.pinferry.manifest.InstallationConfig}
 * @param effective the choice merged with the revision, as reads use it: JSON written by {@code
 *     io.pinferry.manifest.EffectiveConfig}
 */
public record InstalledConfig(
    String id,
    RevisionId revision,
    Instant createTime,
    String createdBy,
    String choice,
    String effective) {}
