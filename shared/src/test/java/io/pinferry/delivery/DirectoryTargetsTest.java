package io.pinferry.delivery;

import static io.pinferry.directory.DirectoryFixtures.NOON;
import static io.pinferry.directory.DirectoryFixtures.PROJECT;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Json;
import io.pinferry.base.ManualClock;
import io.pinferry.base.SeededIds;
import io.pinferry.directory.Destination;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DestinationSecret;
import io.pinferry.directory.DestinationTrouble;
import io.pinferry.directory.DirectoryFixtures;
import io.pinferry.directory.InMemoryDirectoryStore;
import io.pinferry.directory.InMemorySecretStore;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.InstalledConfig;
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.manifest.Backfill;
import io.pinferry.manifest.DeliveryMode;
import io.pinferry.manifest.EffectiveConfig;
import io.pinferry.manifest.EffectiveRead;
import io.pinferry.manifest.FieldSelection;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DirectoryTargetsTest {
  private static final Integration INTEGRATION = DirectoryFixtures.integration(1, "shop");
  private static final Installation INSTALLATION =
      DirectoryFixtures.installation(1, INTEGRATION.id(), "blue");
  private static final Destination DESTINATION = DirectoryFixtures.destination(1, "hook");
  private static final DeliveryMessage MESSAGE =
      new DeliveryMessage(
          "msg_1",
          PROJECT,
          new DeliveryMessage.Records(
              INTEGRATION.id(),
              INSTALLATION.id(),
              "pins",
              new DeliveryMessage.Receipt("operation-1", "partition-1", "1.0.abc")),
          "hook",
          new byte[] {'{', '}'});

  private final ManualClock clock = new ManualClock(NOON);
  private final InMemoryDirectoryStore store = new InMemoryDirectoryStore(clock);
  private final InstallationRepository installations = new InstallationRepository(store);
  private final DestinationRepository destinations = new DestinationRepository(store);
  private final InMemorySecretStore secrets = new InMemorySecretStore();
  private final DirectoryTargets targets =
      new DirectoryTargets(installations, destinations, secrets, clock);

  @BeforeEach
  void anInstallationAndItsDestination() {
    new ProjectRepository(store).create(DirectoryFixtures.project(PROJECT, "shop"));
    new IntegrationRepository(store).create(INTEGRATION);
    store.write(InstallationRepository.creation(INSTALLATION));
    destinations.create(DESTINATION);
    secrets.create(
        DESTINATION.secretName(), DestinationSecret.create(Map.of(), new SeededIds(7)).toSecret());
    effective(read("pins", false));
  }

  private void trouble(@Nullable DestinationTrouble trouble) {
    var before = destinations.get(PROJECT, "hook");
    destinations.update(before, before.value().with(trouble));
    clock.advance(DirectoryTargets.CACHE_TTL);
  }

  private DeliveryTargets.Webhook webhook() {
    DeliveryTargets.Target found = targets.find(MESSAGE);
    assertThat(found).isInstanceOf(DeliveryTargets.Webhook.class);
    return (DeliveryTargets.Webhook) found;
  }

  @Test
  void aMessageGoesToItsDestinationSignedWithItsKeys() {
    assertThat(webhook().url()).isEqualTo(URI.create("https://hooks.example.com/hook"));
    assertThat(webhook().signingKeys()).hasSize(1);
    assertThat(webhook().failing()).isFalse();
  }

  @Test
  void nothingIsSentAMinuteAfterTheInstallationIsGone() {
    assertThat(webhook().failing()).isFalse();
    store.write(
        InstallationRepository.removal(
            installations.find(PROJECT, INSTALLATION.id()).orElseThrow()));
    clock.advance(DirectoryTargets.PRESENCE_TTL);

    assertThat(targets.find(MESSAGE)).isEqualTo(new DeliveryTargets.MissingInstallation());
  }

  @Test
  void nothingIsSentToADisabledDestinationUntilItIsEnabled() {
    trouble(DestinationTrouble.disabled("the destination answered 410", NOON));

    assertThat(targets.find(MESSAGE))
        .isEqualTo(
            new DeliveryTargets.MissingDestination(
                "destination hook is disabled since 2026-09-01T12:00:00Z (the destination answered"
                    + " 410); change its URL to enable it"));
    trouble(null);
    assertThat(webhook().failing()).isFalse();
  }

  @Test
  void aFailingDestinationIsTriedOn() {
    trouble(DestinationTrouble.failing("it answered 500", NOON));

    assertThat(webhook().failing()).isTrue();
  }

  private static EffectiveRead read(String objectName, boolean disabled) {
    return new EffectiveRead(
        objectName,
        "my_" + objectName,
        null,
        "hook",
        disabled,
        null,
        new FieldSelection(List.of(), Map.of(), Map.of(), false),
        new Backfill.NoHistory(),
        null,
        DeliveryMode.ALL);
  }

  private void pause(String objectName, boolean paused) {
    effective(read(objectName, paused));
  }

  private void effective(EffectiveRead... reads) {
    var before = installations.find(PROJECT, INSTALLATION.id()).orElseThrow();
    InstalledConfig config = before.value().config();
    store.write(
        List.of(
            InstallationRepository.replacement(
                before,
                before
                    .value()
                    .withConfig(
                        new InstalledConfig(
                            config.id(),
                            config.revision(),
                            config.createTime(),
                            config.createdBy(),
                            config.choice(),
                            new EffectiveConfig(List.of(reads), Json.object(), false)),
                        NOON))));
  }

  @Test
  void nothingOfAPausedObjectIsSentSecondsAfterThePauseAndAtOnceAfterItsEnd() {
    assertThat(webhook().failing()).isFalse();
    pause("pins", true);
    clock.advance(DirectoryTargets.PRESENCE_TTL);
    assertThat(targets.find(MESSAGE)).isEqualTo(new DeliveryTargets.PausedObject());

    pause("pins", false);

    assertThat(webhook().failing())
        .as("a message of the next read is not dropped for what was true before")
        .isFalse();
  }

  @Test
  void nothingOfAnObjectThatIsReadNoLongerIsSent() {
    effective(read("boards", false));

    assertThat(targets.find(MESSAGE)).isEqualTo(new DeliveryTargets.PausedObject());
  }

  @Test
  void whatIsNotPausedIsSent() {
    effective(read("pins", false), read("boards", true));
    assertThat(webhook().failing()).isFalse();

    pause("pins", true);
    var before = (DeliveryMessage.Records) MESSAGE.content();
    for (DeliveryMessage.Content other :
        List.of(
            new DeliveryMessage.Notice(
                NotificationType.READ_SCHEDULE_PAUSED,
                new DeliveryMessage.InstallationKey(before.integration(), before.installation())),
            // As a version before this member sent it.
            new DeliveryMessage.Records(
                before.integration(), before.installation(), null, before.receipt()))) {
      assertThat(targets.find(new DeliveryMessage("msg_2", PROJECT, other, "hook", MESSAGE.body())))
          .isInstanceOf(DeliveryTargets.Webhook.class);
    }
  }

  @Test
  void aNotificationAboutNoInstallationGoesToItsProjectsDestinationOnly() {
    var notice = new DeliveryMessage.Notice(NotificationType.CONNECTION_CREATED, null);

    assertThat(targets.find(new DeliveryMessage("msg_2", PROJECT, notice, "hook", MESSAGE.body())))
        .isInstanceOf(DeliveryTargets.Webhook.class);
    assertThat(
            targets.find(
                new DeliveryMessage(
                    "msg_2", DirectoryFixtures.OTHER_PROJECT, notice, "hook", MESSAGE.body())))
        .isEqualTo(new DeliveryTargets.MissingDestination("there is no destination hook"));
  }
}
