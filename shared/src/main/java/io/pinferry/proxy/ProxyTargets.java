package io.pinferry.proxy;

import io.pinferry.base.ExpiringCache;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.Ids;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.ProxyRule;
import io.pinferry.directory.Versioned;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Finds whose account a request is for. What was found is remembered for a moment, so a change of
 * an installation's config, or its end, may take so long to reach the proxy.
 */
public final class ProxyTargets {
  /** Long enough for calls in a row to need no look at the directory, short enough to wait for. */
  public static final Duration REMEMBERED = Duration.ofSeconds(5);

  private static final int REMEMBERED_COUNT_MAX = 1_000;

  private final ProjectRepository projects;
  private final IntegrationRepository integrations;
  private final InstallationRepository installations;
  private final Duration rememberedFor;
  private final InstantSource clock;
  private final ExpiringCache<Key, Target> remembered = new ExpiringCache<>(REMEMBERED_COUNT_MAX);

  /**
   * Makes a finder.
   *
   * @param rememberedFor how long what was found is believed; zero to look each time
   */
  public ProxyTargets(
      ProjectRepository projects,
      IntegrationRepository integrations,
      InstallationRepository installations,
      Duration rememberedFor,
      InstantSource clock) {
    this.projects = projects;
    this.integrations = integrations;
    this.installations = installations;
    this.rememberedFor = rememberedFor;
    this.clock = clock;
  }

  /** How a request names an installation. */
  sealed interface Name {
    /** By its id. */
    record OfInstallation(InstallationId id) implements Name {}

    /** By its integration, named or by id, and its group. */
    record OfGroup(String integration, String groupRef) implements Name {}
  }

  /**
   * An installation, as far as the proxy needs it.
   *
   * @param enabled whether it may use the proxy
   * @param allowed what its project lets through; everything if empty
   */
  record Target(
      InstallationId installation,
      ConnectionId connection,
      boolean enabled,
      List<ProxyRule> allowed) {
    boolean allows(String method, String path) {
      return allowed.isEmpty() || allowed.stream().anyMatch(rule -> rule.allows(method, path));
    }
  }

  private record Key(ProjectId project, Name name) {}

  /** Finds the installation of a project that has this name. */
  Optional<Target> find(ProjectId project, Name name) {
    var key = new Key(project, name);
    Instant now = clock.instant();
    Optional<Target> known = remembered.find(key, now);
    if (known.isPresent()) {
      return known;
    }
    Optional<Target> found = lookUp(project, name).map(this::target);
    found.ifPresentOrElse(
        target -> remembered.put(key, target, now.plus(rememberedFor)),
        () -> remembered.remove(key));
    return found;
  }

  private Optional<Installation> lookUp(ProjectId project, Name name) {
    return switch (name) {
      case Name.OfInstallation one -> installations.find(project, one.id()).map(Versioned::value);
      case Name.OfGroup one ->
          integration(project, one.integration())
              .flatMap(
                  integration ->
                      installations.findOfGroup(project, integration.id(), one.groupRef()))
              .map(Versioned::value);
    };
  }

  private Optional<Integration> integration(ProjectId project, String nameOrId) {
    Optional<Versioned<Integration>> byId =
        Ids.isUuid(nameOrId)
            ? integrations.find(project, new IntegrationId(nameOrId))
            : Optional.empty();
    return byId.or(() -> integrations.findByName(project, nameOrId)).map(Versioned::value);
  }

  private Target target(Installation installation) {
    return new Target(
        installation.id(),
        installation.connection(),
        installation.config().effective().proxyEnabled(),
        projects.get(installation.project().value()).value().proxyAllowed());
  }
}
