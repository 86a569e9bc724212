package io.pinferry.install;

import io.pinferry.manifest.ChangeScope;
import io.pinferry.manifest.EffectiveConfig;
import io.pinferry.manifest.InstallationConfig;
import org.jspecify.annotations.Nullable;

/**
 * The request to change an installation.
 *
 * @param content the path of the config in the body, {@code installation.config.content}
 * @param connectionId the new connection; null for the present one
 * @param consumerRef the consumer that must own the connection; null for any consumer of the group
 * @param createdBy in the contract's form; null for no change
 * @param choice makes the new choice from the present one; it can throw {@code InvalidRequest}
 * @param touched the parts that the new choice changes
 * @param skipSampling whether to change without asking Pinterest
 */
public record ChangeRequest(
    String content,
    @Nullable String connectionId,
    @Nullable String consumerRef,
    @Nullable String createdBy,
    NewChoice choice,
    ChangeScope touched,
    boolean skipSampling) {
  /** Makes a choice from the present one. It is called again if another change came first. */
  public interface NewChoice {
    InstallationConfig of(InstallationConfig choice, EffectiveConfig effective);
  }
}
