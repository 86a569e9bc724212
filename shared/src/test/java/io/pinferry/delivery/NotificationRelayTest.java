package io.pinferry.delivery;

import static io.pinferry.directory.DirectoryFixtures.NOON;
import static io.pinferry.directory.DirectoryFixtures.PROJECT;
import static io.pinferry.directory.DirectoryFixtures.connection;
import static io.pinferry.directory.DirectoryFixtures.destination;
import static io.pinferry.directory.DirectoryFixtures.installation;
import static io.pinferry.directory.DirectoryFixtures.integration;
import static io.pinferry.directory.DirectoryFixtures.project;
import static io.pinferry.directory.DirectoryFixtures.uuid;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.base.JsonLines;
import io.pinferry.base.ManualClock;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.directory.Connection;
import io.pinferry.directory.Destination;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.DocumentKey;
import io.pinferry.directory.EventTopicRoute;
import io.pinferry.directory.InMemoryDirectoryStore;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.InstalledConfig;
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.Topic;
import io.pinferry.directory.TopicDestinationRoute;
import io.pinferry.directory.TopicId;
import io.pinferry.directory.TopicRepository;
import io.pinferry.manifest.Backfill;
import io.pinferry.manifest.Cron;
import io.pinferry.manifest.DeliveryMode;
import io.pinferry.manifest.EffectiveConfig;
import io.pinferry.manifest.EffectiveRead;
import io.pinferry.manifest.FieldSelection;
import io.pinferry.notification.Notification;
import io.pinferry.notification.Outbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class NotificationRelayTest {
  private static final Integration INTEGRATION = integration(1, "sync");
  private static final Installation INSTALLATION =
      reading(installation(1, INTEGRATION.id(), "org_7"), "*/30 * * * *", false);
  private static final Destination HOOK = destination(1, "hook");
  private static final Destination OTHER = destination(2, "other");

  private final ManualClock clock = new ManualClock(NOON);
  private final InMemoryDirectoryStore store = new InMemoryDirectoryStore(clock);
  private final TopicRepository topics = new TopicRepository(store);
  private final DestinationRepository destinations = new DestinationRepository(store);
  private final Outbox outbox = new Outbox(store);
  private final RecordingDeliveryQueue queue = new RecordingDeliveryQueue();
  private final List<DeliveryMessage> sent = queue.sent();
  private final List<String> notes = new ArrayList<>();
  private final List<String> log = new ArrayList<>();

  private final NotificationRelay relay =
      new NotificationRelay(
          store,
          queue,
          (operation, _, _, text) -> notes.add(operation + ": " + text),
          new VirtualThreadTasks(clock),
          JsonLines.log(log::add, clock));

  @BeforeEach
  void somethingInstalled() {
    new ProjectRepository(store).create(project(PROJECT, "shop"));
    new IntegrationRepository(store).create(INTEGRATION);
    store.write(InstallationRepository.creation(INSTALLATION));
    destinations.create(HOOK);
    destinations.create(OTHER);
  }

  private static Installation reading(Installation installed, String cron, boolean disabled) {
    InstalledConfig config = installed.config();
    return installed.withConfig(
        new InstalledConfig(
            config.id(),
            config.revision(),
            config.createTime(),
            config.createdBy(),
            config.choice(),
            new EffectiveConfig(
                List.of(
                    new EffectiveRead(
                        "pins",
                        "pins",
                        Cron.parse(cron),
                        "hook",
                        disabled,
                        null,
                        new FieldSelection(List.of(), Map.of(), Map.of(), false),
                        new Backfill.NoHistory(),
                        null,
                        DeliveryMode.ALL)),
                Json.object(),
                false)),
        NOON);
  }

  private TopicId topic(int number) {
    var id = new TopicId(uuid("topic", number));
    topics.create(new Topic(id, PROJECT, "topic-" + number, NOON, null));
    return id;
  }

  private void route(NotificationType type, TopicId topic, Destination... to) {
    topics.create(EventTopicRoute.of(PROJECT, type, topic, NOON));
    for (Destination destination : to) {
      topics.create(TopicDestinationRoute.of(PROJECT, topic, destination.id(), NOON));
    }
  }

  private Notification endOf(String operation) {
    return Notification.ofOperation(
        NotificationType.READ_TRIGGERED_DONE,
        PROJECT,
        new Notification.Subject(INTEGRATION.id(), INSTALLATION.id(), operation),
        Json.object().put("objectName", "pins"));
  }

  private void put(Notification notification) {
    assertThat(store.write(List.of(Outbox.put(notification, clock.instant())))).isEmpty();
  }

  private static JsonNode body(DeliveryMessage message) {
    return Json.trusted(new String(message.body(), UTF_8));
  }

  @Test
  void aNotificationGoesToEachDestinationOfItsRoutesOnce() {
    route(NotificationType.READ_TRIGGERED_DONE, topic(1), HOOK, OTHER);
    route(NotificationType.READ_TRIGGERED_DONE, topic(2), HOOK);
    route(NotificationType.CONNECTION_ERROR, topic(3), HOOK);
    put(endOf("operation-1"));

    assertThat(relay.run()).isEqualTo(1);

    assertThat(sent)
        .extracting(DeliveryMessage::destination)
        .containsExactlyInAnyOrder("hook", "other");
    assertThat(sent).extracting(DeliveryMessage::id).doesNotHaveDuplicates();
    assertThat(sent)
        .allSatisfy(
            message -> {
              assertThat(message.id()).matches("msg_[0-9a-f]{32}");
              assertThat(body(message).toString())
                  .isEqualTo(
                      "{\"notificationType\":\"read.triggered.done\",\"data\":"
                          + "{\"objectName\":\"pins\",\"integrationName\":\"sync\"}}");
              assertThat(message.content())
                  .isEqualTo(
                      new DeliveryMessage.Notice(
                          NotificationType.READ_TRIGGERED_DONE,
                          new DeliveryMessage.InstallationKey(INTEGRATION.id(), INSTALLATION.id()),
                          "operation-1"));
            });
    assertThat(notes)
        .singleElement()
        .asString()
        .startsWith("operation-1: notification read.triggered.done sent to ")
        .contains("hook", "other");
    assertThat(outbox.pending(10)).isEmpty();
    assertThat(relay.run()).isZero();
    assertThat(sent).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(NotificationType.class)
  void eachTypeArrivesByItsRouteAndByNoOther(NotificationType type) {
    route(type, topic(1), HOOK);
    TopicId elsewhere = topic(2);
    topics.create(TopicDestinationRoute.of(PROJECT, elsewhere, OTHER.id(), NOON));
    for (NotificationType other : NotificationType.values()) {
      if (other != type) {
        topics.create(EventTopicRoute.of(PROJECT, other, elsewhere, NOON));
      }
    }
    var data = Json.object().put("groupRef", "org_9").put("connectionId", "connection-9");
    put(new Notification("notification-1", type, PROJECT, null, data));

    relay.run();

    assertThat(sent)
        .singleElement()
        .satisfies(
            message -> {
              assertThat(message.destination()).isEqualTo("hook");
              assertThat(body(message).path("notificationType").asText()).isEqualTo(type.text());
            });
  }

  @Test
  void withoutRoutesNobodyIsTold() {
    topic(1);
    route(NotificationType.READ_TRIGGERED_DONE, topic(2));
    put(endOf("operation-1"));

    relay.run();

    assertThat(sent).isEmpty();
    assertThat(notes).isEmpty();
    assertThat(outbox.pending(10)).as("it is not kept for a later route").isEmpty();
  }

  @Test
  void whatTheQueueRefusesStaysAndKeepsItsIds() {
    route(NotificationType.READ_TRIGGERED_DONE, topic(1), HOOK);
    put(endOf("operation-1"));
    put(endOf("operation-2"));
    queue.accepts(false);
    relay.run();
    assertThat(outbox.pending(10)).hasSize(2);
    assertThat(notes).isEmpty();
    assertThat(log).hasSize(2).allMatch(line -> line.contains("it stays in the outbox"));

    queue.accepts(true);
    relay.run();
    List<String> ids = sent.stream().map(DeliveryMessage::id).toList();
    put(endOf("operation-1"));
    relay.run();

    assertThat(ids).hasSize(2).doesNotHaveDuplicates().contains(sent.getLast().id());
  }

  @Test
  void theEndOfAReadIsNotToldAfterAnUninstall() {
    route(NotificationType.READ_TRIGGERED_DONE, topic(1), HOOK);
    put(endOf("operation-1"));
    var repository = new InstallationRepository(store);
    store.write(
        InstallationRepository.removal(
            repository.find(PROJECT, INTEGRATION.id(), INSTALLATION.id()).orElseThrow()));

    relay.run();

    assertThat(sent).isEmpty();
    assertThat(outbox.pending(10)).isEmpty();
  }

  @Test
  void anUninstallIsToldAfterIt() {
    route(NotificationType.INSTALLATION_DELETED, topic(1), HOOK);
    put(Notification.ofUninstalled(INSTALLATION, "sync"));
    var repository = new InstallationRepository(store);
    store.write(
        InstallationRepository.removal(
            repository.find(PROJECT, INTEGRATION.id(), INSTALLATION.id()).orElseThrow()));

    relay.run();

    assertThat(sent)
        .singleElement()
        .satisfies(
            message -> {
              assertThat(DeliveryMessage.installation(message.content())).isEmpty();
              assertThat(body(message).at("/data/integrationName").asText()).isEqualTo("sync");
              assertThat(body(message).at("/data/config/id").asText())
                  .isEqualTo(INSTALLATION.config().id());
            });
  }

  @Test
  void badCredentialsPauseTheSchedulesOfEveryInstallationThatUsesThem() {
    Integration second = integration(2, "second");
    Integration third = integration(3, "third");
    new IntegrationRepository(store).create(second);
    new IntegrationRepository(store).create(third);
    Installation paused = reading(installation(2, second.id(), "org_7"), "*/30 * * * *", true);
    Installation other = reading(installation(3, third.id(), "org_8"), "*/30 * * * *", false);
    store.write(InstallationRepository.creation(paused));
    store.write(InstallationRepository.creation(other));
    TopicId topic = topic(1);
    route(NotificationType.READ_SCHEDULE_PAUSED, topic, HOOK);
    route(NotificationType.CONNECTION_ERROR, topic);
    Connection connection = connection(1);
    put(
        Notification.ofConnection(
            NotificationType.CONNECTION_ERROR, connection, 7, "refresh token rejected"));

    relay.run();

    assertThat(sent)
        .extracting(message -> body(message).path("notificationType").asText())
        .containsExactly("connection.error", "read.schedule.paused");
    assertThat(body(sent.getFirst()).at("/data/errors/0").asText())
        .isEqualTo("refresh token rejected");
    assertThat(body(sent.getFirst()).at("/data/error"))
        .isEqualTo(body(sent.getFirst()).at("/data/errors"));
    JsonNode told = body(sent.getLast()).path("data");
    assertThat(told.path("installationId").asText()).isEqualTo(INSTALLATION.id().value());
    assertThat(told.path("error").asText()).isEqualTo("refresh token rejected");
    assertThat(told.at("/config/content/read/objects/pins/schedule").asText())
        .isEqualTo("*/30 * * * *");
  }

  @Test
  void routesOfAnotherProjectLeadNowhereElse() {
    var stranger = new ProjectId(uuid("project", 9));
    new ProjectRepository(store).create(project(stranger, "stranger"));
    route(NotificationType.CONNECTION_CREATED, topic(1), HOOK);
    Connection connection = connection(1);
    put(
        new Notification(
            "id-1",
            NotificationType.CONNECTION_CREATED,
            stranger,
            null,
            Notification.ofConnection(NotificationType.CONNECTION_CREATED, connection, 0).data()));

    relay.run();

    assertThat(sent).isEmpty();
  }

  @Test
  void aDestinationThatIsGoneIsPassedOver() {
    route(NotificationType.READ_TRIGGERED_DONE, topic(1), HOOK, OTHER);
    destinations.remove(destinations.get(PROJECT, "other"));
    put(endOf("operation-1"));

    relay.run();

    assertThat(sent).extracting(DeliveryMessage::destination).containsExactly("hook");
  }

  @Test
  void aTypeThatIsNotKnownYetIsLeftAloneAndInNobodysWay() {
    route(NotificationType.READ_TRIGGERED_DONE, topic(1), HOOK);
    var later =
        new DirectoryWrite.Create(
            new DocumentKey("OUTBOX", "0"), "{\"id\":\"0\",\"type\":\"pin.sold\"}", null);
    store.write(List.of(later));
    put(endOf("operation-1"));

    relay.run();

    assertThat(sent).hasSize(1);
    assertThat(store.find(later.key())).isPresent();
  }
}
