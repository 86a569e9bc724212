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
import io.pinferry.directory.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Finds the installation that a request is for. Installations are cached for a moment, so the proxy
 * notices a changed or removed one with that delay.
 */
public final class ProxyTargets {
  /** Saves most reads of the directory when calls follow each other. */
  public static final Duration CACHE_TIME = Duration.ofSeconds(5);

  private static final int CACHE_ENTRIES_MAX = 1_000;

  private final ProjectRepository projects;
  private final IntegrationRepository integrations;
  private final InstallationRepository installations;
  private final Duration cacheTime;
  private final InstantSource clock;
  private final ExpiringCache<Key, Target> cache = new ExpiringCache<>(CACHE_ENTRIES_MAX);

  /**
   * Makes a finder.
   *
   * @param cacheTime how long an installation is cached; zero for no cache
   */
  public ProxyTargets(
      ProjectRepository projects,
      IntegrationRepository integrations,
      InstallationRepository installations,
      Duration cacheTime,
      InstantSource clock) {
    this.projects = projects;
    this.integrations = integrations;
    this.installations = installations;
    this.cacheTime = cacheTime;
    this.clock = clock;
  }

  /** A request's reference to an installation. */
  sealed interface InstallationRef {
    record Id(InstallationId id) implements InstallationRef {}

    /**
     * The installation of a group.
     *
     * @param integration name or id
     */
    record Group(String integration, String groupRef) implements InstallationRef {}
  }

  /**
   * The parts of an installation that the proxy needs.
   *
   * @param enabled whether it may use the proxy
   * @param allowed the rules of its project; if there are none, everything is allowed
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

  private record Key(ProjectId project, InstallationRef installation) {}

  /** Finds the installation of a project. */
  Optional<Target> find(ProjectId project, InstallationRef installation) {
    var key = new Key(project, installation);
    Instant now = clock.instant();
    Optional<Target> cached = cache.find(key, now);
    if (cached.isPresent()) {
      return cached;
    }
    Optional<Target> found = read(project, installation).map(this::target);
    found.ifPresentOrElse(
        target -> cache.put(key, target, now.plus(cacheTime)), () -> cache.remove(key));
    return found;
  }

  private Optional<Installation> read(ProjectId project, InstallationRef installation) {
    return switch (installation) {
      case InstallationRef.Id(InstallationId id) ->
          installations.find(project, id).map(Snapshot::value);
      case InstallationRef.Group(String integration, String groupRef) ->
          integration(project, integration)
              .flatMap(found -> installations.findOfGroup(project, found.id(), groupRef))
              .map(Snapshot::value);
    };
  }

  private Optional<Integration> integration(ProjectId project, String nameOrId) {
    Optional<Snapshot<Integration>> byId =
        Ids.isUuid(nameOrId)
            ? integrations.find(project, new IntegrationId(nameOrId))
            : Optional.empty();
    return byId.or(() -> integrations.findByName(project, nameOrId)).map(Snapshot::value);
  }

  private Target target(Installation installation) {
    return new Target(
        installation.id(),
        installation.connection(),
        installation.config().effective().proxyEnabled(),
        projects.get(installation.project().value()).value().proxyAllowed());
  }
}
