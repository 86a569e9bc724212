package io.pinferry.install;

import io.pinferry.manifest.EffectiveConfig;
import io.pinferry.manifest.InstallationConfig;
import io.pinferry.manifest.Touched;
import org.jspecify.annotations.Nullable;

/**
 * What is to become of an installation.
 *
 * @param content where the config is in the request's body, {@code installation.config.content}
 * @param connectionId whose account is read from then on; null for the present one
 * @param consumerRef whose connection that must be; null for that of any of the group's consumers
 * @param createdBy in the contract's form; null to leave it
 * @param choice makes the new choice of the present one; may refuse with an {@code InvalidRequest}
 * @param touched what the new choice differs in
 * @param skipSampling whether to change without asking Pinterest
 */
public record ChangeRequest(
    String content,
    @Nullable String connectionId,
    @Nullable String consumerRef,
    @Nullable String createdBy,
    NewChoice choice,
    Touched touched,
    boolean skipSampling) {
  /** Makes a choice of the present one. Can be asked again, if another change came first. */
  public interface NewChoice {
    InstallationConfig of(InstallationConfig choice, EffectiveConfig effective);
  }
}
