package io.pinferry.install;

import static io.pinferry.directory.DirectoryFixtures.NOON;
import static io.pinferry.directory.DirectoryFixtures.PROJECT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.Json;
import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.SeededIds;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DirectoryFixtures;
import io.pinferry.directory.InMemorySecretStore;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.Snapshot;
import io.pinferry.manifest.InstallationConfig;
import io.pinferry.notification.Outbox;
import io.pinferry.operation.Operation;
import io.pinferry.read.InMemoryCloud;
import io.pinferry.read.ReadQueue;
import io.pinferry.read.ReadStarts;
import io.pinferry.read.RunningReads;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Others act between the checks of an installation and its one transaction. */
final class InstallTest {
  private static final String CONTENT =
      "{\"name\":\"sync\",\"provider\":\"pinterest\",\"read\":{\"objects\":[{\"objectName\":"
          + "\"boards\",\"destination\":\"hook\",\"enabled\":\"always\",\"optionalFieldsAuto\":"
          + "\"all\",\"backfill\":{\"defaultPeriod\":{\"fullHistory\":true}}}]}}";

  private final ManualClock clock = new ManualClock(NOON);
  private final InMemoryCloud cloud = new InMemoryCloud(clock);
  private final InMemorySecretStore secrets = new InMemorySecretStore();
  private final ConnectionRepository connections = new ConnectionRepository(cloud.directory());
  private final InstallationRepository installations =
      new InstallationRepository(cloud.directory());
  private final IntegrationRepository integrations = new IntegrationRepository(cloud.directory());
  private final Integration sync = DirectoryFixtures.integrationOf(1, "sync", CONTENT);
  private final Connection connection = DirectoryFixtures.connection(1, "boards:read");

  @BeforeEach
  void aConnectedGroup() {
    new ProjectRepository(cloud.directory()).create(DirectoryFixtures.project(PROJECT, "shop"));
    integrations.create(sync);
    new DestinationRepository(cloud.directory()).create(DirectoryFixtures.destination(1, "hook"));
    connections.create(connection);
  }

  /** An installer during whose sample something happens. */
  private Install install(ReadQueue queue, Runnable meanwhile) {
    return new Install(
        cloud.directory(),
        cloud.operations(),
        queue,
        new ReadStarts(cloud.operations(), Duration.ofSeconds(60)),
        (sampled, plan) -> {
          meanwhile.run();
          return Optional.empty();
        },
        new SeededIds(1),
        new VirtualThreadTasks(clock),
        Log.none());
  }

  private InstallRequest request() {
    return new InstallRequest(
        PROJECT,
        sync,
        "org_7",
        null,
        null,
        null,
        InstallationConfig.parse("config.content", Json.trusted("{\"provider\":\"pinterest\"}")),
        null,
        false,
        false);
  }

  private Installation install(Runnable meanwhile) {
    return install(cloud.readQueue(), meanwhile).install(request());
  }

  private Snapshot<Connection> present() {
    return connections.find(PROJECT, connection.id()).orElseThrow();
  }

  private List<Operation> operations(Installation installation) {
    return cloud.operations().ofInstallation(installation.id(), 10, null).operations();
  }

  @Test
  void aConnectionThatWasRefreshedMeanwhileIsNoObstacle() {
    Installation installed =
        install(
            () ->
                connections.replace(
                    present(),
                    connection.with(ConnectionStatus.WORKING, connection.access().scopes(), NOON)));

    assertThat(installations.find(PROJECT, installed.id())).isPresent();
    assertThat(operations(installed)).hasSize(1);
    assertThat(installations.uses(connection)).isTrue();
  }

  @Test
  void aConnectionThatWasRemovedMeanwhileIsMissed() {
    assertThatThrownBy(() -> install(() -> connections.remove(present())))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("groupRef: has no connection to pinterest");
    assertThat(installations.list(PROJECT)).isEmpty();
  }

  @Test
  void whoRemovesAnUnusedConnectionMeanwhileIsRefused() {
    Snapshot<Connection> seenUnused = present();

    install(() -> {});

    assertThat(connections.remove(seenUnused)).isFalse();
  }

  @Test
  void anIntegrationThatWasRemovedMeanwhileIsMissed() {
    assertThatThrownBy(
            () ->
                install(
                    () ->
                        integrations.beginRemoval(
                            integrations.find(PROJECT, sync.id()).orElseThrow())))
        .isInstanceOf(NotFound.class);
    assertThat(installations.list(PROJECT)).isEmpty();
  }

  @Test
  void ofTwoInstallationsAtTheSameTimeOneIsRefused() {
    assertThatThrownBy(() -> install(() -> install(() -> {})))
        .isInstanceOf(Conflict.class)
        .hasMessage("group org_7 has integration sync installed already");
    assertThat(installations.list(PROJECT)).hasSize(1);
  }

  @Test
  void aConnectionThatIsChangedAllTheTimeIsGivenUp() {
    var everChanging = new AtomicInteger();
    var install =
        new Install(
            cloud.directory(),
            cloud.operations(),
            cloud.readQueue(),
            new ReadStarts(cloud.operations(), Duration.ofSeconds(60)),
            (sampled, plan) -> Optional.empty(),
            new SeededIds(1) {
              @Override
              public synchronized String uuid() {
                everChanging.incrementAndGet();
                connections.replace(
                    present(),
                    connection.with(ConnectionStatus.WORKING, connection.access().scopes(), NOON));
                return super.uuid();
              }
            },
            new VirtualThreadTasks(clock),
            Log.none());

    assertThatThrownBy(() -> install.install(request()))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("is being changed by others");
    assertThat(everChanging.get()).isPositive();
    assertThat(installations.list(PROJECT)).isEmpty();
  }

  @Test
  void aQueueThatFailsLeavesTheFirstReadsToTheWatchdog() {
    Installation installed =
        install(
                (installation, partitions, delay) -> {
                  throw new ProviderUnavailable("the queue is away", null, null);
                },
                () -> {})
            .install(request());

    assertThat(operations(installed)).hasSize(1);
    assertThat(cloud.partitions().openPartitions(operations(installed).getFirst().id(), null, 10))
        .isNotEmpty();
  }

  @Test
  void uninstallingAgainEndsWhatIsLeft() {
    Installation installed = install(() -> {});
    Snapshot<Installation> present = installations.find(PROJECT, installed.id()).orElseThrow();
    // As after a crash between the removal and the end of the reads.
    assertThat(cloud.directory().write(InstallationRepository.removal(present))).isEmpty();
    uninstall(installed);

    assertThat(operations(installed)).allMatch(Operation::ended);
  }

  @Test
  void installingAndUninstallingAreToldOfTogetherWithThem() {
    Installation installed = install(() -> {});
    assertThat(told()).containsExactly("installation.created");

    uninstall(installed);

    assertThat(told())
        .contains("installation.created", "installation.deleted", "connection.deleted");
    assertThat(new Outbox(cloud.directory()).pending(100))
        .filteredOn(told -> told.type() == NotificationType.INSTALLATION_DELETED)
        .singleElement()
        .satisfies(
            told -> {
              assertThat(told.subject()).isNull();
              assertThat(told.data().path("integrationName").asText()).isEqualTo("sync");
              assertThat(told.data().at("/config/id").asText()).isEqualTo(installed.config().id());
            });
  }

  private void uninstall(Installation installed) {
    var tasks = new VirtualThreadTasks(clock);
    new Uninstall(
            cloud.directory(),
            secrets,
            new RunningReads(cloud.operations(), cloud.settlement(tasks)),
            clock,
            Log.none())
        .uninstall(installed);
  }

  private List<String> told() {
    return new Outbox(cloud.directory())
        .pending(100).stream().map(told -> told.type().text()).sorted().toList();
  }
}
