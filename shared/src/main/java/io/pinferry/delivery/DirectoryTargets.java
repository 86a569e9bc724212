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
 * Finds targets in the directory and their keys in the secret store, and remembers both for a
 * minute. Keys that are about to lose their validity are left out in time, since validity is looked
 * at for each message.
 */
public final class DirectoryTargets implements DeliveryTargets {
  static final Duration REMEMBERED = Duration.ofSeconds(60);

  private static final int REMEMBERED_COUNT_MAX = 1000;

  private final InstallationRepository installations;
  private final DestinationRepository destinations;
  private final SecretStore secrets;
  private final InstantSource clock;
  private final ExpiringCache<Key, Found> remembered = new ExpiringCache<>(REMEMBERED_COUNT_MAX);

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

  /** What was found, before it is narrowed to what is valid now. */
  private sealed interface Found {
    record Hook(URI url, DestinationSecret secret, boolean failing) implements Found {}

    record None(Target target) implements Found {}
  }

  private static final Found PAUSED = new Found.None(new PausedObject());

  /** What decides: messages that have all of it in common find the same. */
  private record Key(
      ProjectId project,
      DeliveryMessage.@Nullable InstallationKey installed,
      @Nullable String objectName,
      String destination) {
    static Key of(DeliveryMessage message) {
      return new Key(
          message.project(),
          message.installed().orElse(null),
          DeliveryMessage.objectName(message.content()).orElse(null),
          message.destination());
    }
  }

  @Override
  public Target find(DeliveryMessage message) {
    Instant now = clock.instant();
    return switch (found(message, now)) {
      case Found.None none -> none.target();
      case Found.Hook hook ->
          new Webhook(
              hook.url(),
              hook.secret().validKeys(now).stream()
                  .map(DestinationSecret.SigningKey::text)
                  .toList(),
              hook.secret().headers(),
              hook.failing());
    };
  }

  private Found found(DeliveryMessage message, Instant now) {
    Key key = Key.of(message);
    Optional<Found> known = remembered.find(key, now);
    if (known.isPresent()) {
      return known.get();
    }
    Found found = lookUp(key);
    // A message that is dropped for a pause never comes again, so one of the read after the pause
    // must not meet what was true before.
    if (!found.equals(PAUSED)) {
      remembered.put(key, found, now.plus(REMEMBERED));
    }
    return found;
  }

  private Found lookUp(Key key) {
    DeliveryMessage.InstallationKey in = key.installed();
    if (in != null) {
      Optional<Target> unwanted = unwanted(installations, key.project(), in, key.objectName());
      if (unwanted.isPresent()) {
        return new Found.None(unwanted.get());
      }
    }
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
    return switch (destination.get().target()) {
      case Destination.Webhook webhook ->
          new Found.Hook(
              URI.create(webhook.url()),
              DestinationSecret.of(secret.get().value()),
              trouble != null);
    };
  }

  /**
   * Returns why nothing about an installation's object is sent now, whatever its destination; empty
   * if it is sent.
   *
   * @param objectName null for what is about no object
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
            // Its config does not have the object any more.
            .orElse(true);
  }

  private static Found missing(String reason) {
    return new Found.None(new MissingDestination(reason));
  }
}
