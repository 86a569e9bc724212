package io.pinbridge.install;

import io.pinbridge.directory.Integration;
import io.pinbridge.directory.ProjectId;
import io.pinbridge.manifest.InstallationConfig;
import org.jspecify.annotations.Nullable;

/**
 * What a group wants to have installed.
 *
 * @param connectionId whose account is read; null for the group's connection
 * @param createdBy in the contract's form; null if it was not said
 * @param fromPage whether the component asks, and not a back end
 * @param skipSampling whether to install without asking Pinterest
 */
public record InstallRequest(
    ProjectId project,
    Integration integration,
    String groupRef,
    @Nullable String connectionId,
    InstallationConfig choice,
    @Nullable String createdBy,
    boolean fromPage,
    boolean skipSampling) {}
