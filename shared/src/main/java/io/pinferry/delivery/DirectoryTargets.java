package io.pinferry.delivery;

import io.pinferry.base.ExpiringCache;
import io.pinferry.directory.Destination;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DestinationSecret;
import io.pinferry.directory.DestinationTrouble;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.SecretStore;
import io.pinferry.directory.Snapshot;
import io.pinferry.manifest.EffectiveRead;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds targets in the directory and their keys in the secret store, and caches both for a minute.
 * Installations are looked up more often. The validity of keys is checked for each message.
 */
public final class DirectoryTargets implements DeliveryTargets {
  static final Duration CACHE_TTL = Duration.ofSeconds(60);

  /**
   * How long an installation is taken to be there, and its object to be read. It is short, so that
   * the removal of a customer can wait for it.
   */
  public static final Duration PRESENCE_TTL = Duration.ofSeconds(5);

  private static final int CACHE_COUNT_MAX = 1000;

  private final InstallationRepository installations;
  private final DestinationRepository destinations;
  private final SecretStore secrets;
  private final InstantSource clock;
  private final ExpiringCache<Key, Entry> cache = new ExpiringCache<>(CACHE_COUNT_MAX);
  private final ExpiringCache<Key, Boolean> wanted = new ExpiringCache<>(CACHE_COUNT_MAX);

  public DirectoryTargets(
      InstallationRepository installations,
      DestinationRepository destinations,
      SecretStore secrets,
      InstantSource clock) {
    this.installations = installations;
    this.destinations = destinations;
    this.secrets = secrets;
    this.clock = clock;
  }

  /** An entry of the cache. Its signing keys depend on the time. */
  private interface Entry {
    Target at(Instant now);
  }

  /** The parts of a message that decide about its target. */
  private record Key(
      ProjectId project,
      DeliveryMessage.@Nullable InstallationKey installation,
      @Nullable String objectName,
      String destination) {
    static Key of(DeliveryMessage message) {
      return new Key(
          message.project(),
          DeliveryMessage.installation(message.content()).orElse(null),
          DeliveryMessage.objectName(message.content()).orElse(null),
          message.destination());
    }
  }

  @Override
  public Target find(DeliveryMessage message) {
    Instant now = clock.instant();
    Key key = Key.of(message);
    DeliveryMessage.InstallationKey in = key.installation();
    if (in != null && wanted.find(key, now).isEmpty()) {
      // A message that is dropped is never sent again. So this is not cached: it would drop the
      // first messages after a pause.
      Optional<Target> unwanted = unwanted(installations, key.project(), in, key.objectName());
      if (unwanted.isPresent()) {
        return unwanted.get();
      }
      wanted.put(key, true, now.plus(PRESENCE_TTL));
    }
    Optional<Entry> cached = cache.find(key, now);
    if (cached.isPresent()) {
      return cached.get().at(now);
    }
    Entry entry = lookUp(key);
    cache.put(key, entry, now.plus(CACHE_TTL));
    return entry.at(now);
  }

  @Override
  public boolean isGone(DeliveryMessage message) {
    return DeliveryMessage.installation(message.content())
        .filter(
            in ->
                installations
                    .find(message.project(), in.integration(), in.installation())
                    .isEmpty())
        .isPresent();
  }

  private Entry lookUp(Key key) {
    Optional<Destination> destination =
        destinations.findByName(key.project(), key.destination()).map(Snapshot::value);
    if (destination.isEmpty()) {
      return missing("there is no destination " + key.destination());
    }
    DestinationTrouble trouble = destination.get().trouble();
    if (trouble != null && trouble.disabled()) {
      return missing(
          "destination %s is disabled since %s (%s); change its URL to enable it"
              .formatted(key.destination(), trouble.since(), trouble.reason()));
    }
    Optional<SecretStore.StoredSecret> secret = secrets.find(destination.get().secretName());
    if (secret.isEmpty()) {
      return missing("destination " + key.destination() + " has no signing key");
    }
    DestinationSecret keys = DestinationSecret.of(secret.get().value());
    return switch (destination.get().target()) {
      case Destination.Webhook webhook ->
          now ->
              new Webhook(
                  URI.create(webhook.url()),
                  keys.validKeys(now).stream().map(DestinationSecret.SigningKey::text).toList(),
                  keys.headers(),
                  trouble != null);
    };
  }

  /**
   * Returns the reason why messages of an installation or object are not sent; empty if they are.
   *
   * @param objectName null for messages about no object
   */
  static Optional<Target> unwanted(
      InstallationRepository installations,
      ProjectId project,
      DeliveryMessage.InstallationKey in,
      @Nullable String objectName) {
    Optional<Installation> installation =
        installations.find(project, in.integration(), in.installation()).map(Snapshot::value);
    if (installation.isEmpty()) {
      return Optional.of(new MissingInstallation());
    }
    return paused(installation.get(), objectName)
        ? Optional.of(new PausedObject())
        : Optional.empty();
  }

  private static boolean paused(Installation installation, @Nullable String objectName) {
    return objectName != null
        && installation
            .config()
            .effective()
            .findRead(objectName)
            .map(EffectiveRead::disabled)
            // An object that is missing in the config counts as paused.
            .orElse(true);
  }

  private static Entry missing(String reason) {
    return _ -> new MissingDestination(reason);
  }
}
