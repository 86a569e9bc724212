package io.pinferry.local.simulator;

import java.util.Set;

/**
 * Registers an application at the simulator, as a developer registers one at Pinterest.
 *
 * @param clientId the public id of the application
 * @param clientSecret the secret of HTTP Basic at the token endpoint
 * @param redirectUris where the authorize page may send a browser; compared character by character
 * @param continuousByDefault whether a code is exchanged for a refresh token even when the request
 *     does not say {@code continuous_refresh=true}; older applications have to say it
 */
public record SimulatedApp(
    String clientId, String clientSecret, Set<String> redirectUris, boolean continuousByDefault) {
  /** Checks that the credentials can travel in HTTP Basic. */
  public SimulatedApp {
    if (clientId.isEmpty() || clientId.contains(":")) {
      throw new IllegalArgumentException("client id '" + clientId + "' must be without colon");
    }
    if (clientSecret.isEmpty()) {
      throw new IllegalArgumentException("client secret of '" + clientId + "' is empty");
    }
    redirectUris = Set.copyOf(redirectUris);
  }

  /** Registers an older application, which has to ask for continuous refresh itself. */
  public SimulatedApp(String clientId, String clientSecret, Set<String> redirectUris) {
    this(clientId, clientSecret, redirectUris, false);
  }

  @Override
  public String toString() {
    return "SimulatedApp[" + clientId + ", " + redirectUris + "]";
  }
}
