package io.pinferry.read;

import io.pinferry.directory.InstallationId;
import io.pinferry.manifest.DeliveryMode;
import io.pinferry.operation.Origin;
import io.pinferry.operation.Selection;
import io.pinferry.operation.Work;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One object of one installation, with everything that a read needs.
 *
 * @param origin the installation with its present config
 * @param objectName Pinterest's name of the object
 * @param planName the plan to follow; null for the object's default
 * @param account the account of the connection
 * @param scopes the granted scopes of the connection
 * @param mode which records scheduled reads deliver; null for all
 */
public record ReadTarget(
    Origin origin,
    String objectName,
    @Nullable String planName,
    Work.Envelope envelope,
    Work.Account account,
    Set<String> scopes,
    Selection selection,
    @Nullable DeliveryMode mode) {
  public ReadTarget {
    scopes = Set.copyOf(scopes);
  }

  public InstallationId installation() {
    return origin.installation();
  }
}
