package io.pinferry.assembly;

import io.pinferry.base.Log;
import io.pinferry.base.Tasks;
import io.pinferry.client.PinterestClient;
import io.pinferry.connection.AccessTokens;
import io.pinferry.connection.ConnectionRoutes;
import io.pinferry.connection.KeepAlive;
import io.pinferry.connection.OauthRoutes;
import io.pinferry.connection.Reconnect;
import io.pinferry.connection.TokenMoves;
import io.pinferry.delivery.Delivery;
import io.pinferry.delivery.DirectoryTargets;
import io.pinferry.delivery.DirectoryTroubles;
import io.pinferry.delivery.NotificationRelay;
import io.pinferry.delivery.ParkedRelease;
import io.pinferry.delivery.Redrive;
import io.pinferry.delivery.Replay;
import io.pinferry.delivery.ResultLinks;
import io.pinferry.delivery.SendingAgain;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DestinationRules;
import io.pinferry.directory.DirectoryCredentials;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.ProviderAppRepository;
import io.pinferry.http.Door;
import io.pinferry.http.Endpoint;
import io.pinferry.http.Guard;
import io.pinferry.http.PublicUrl;
import io.pinferry.http.Route;
import io.pinferry.http.Router;
import io.pinferry.install.ChangeConfig;
import io.pinferry.install.GroupContents;
import io.pinferry.install.Install;
import io.pinferry.install.PauseReads;
import io.pinferry.install.PinterestSampling;
import io.pinferry.install.ProjectRemoval;
import io.pinferry.install.RemoveGroup;
import io.pinferry.install.Sampling;
import io.pinferry.install.TriggerRead;
import io.pinferry.install.Uninstall;
import io.pinferry.limit.Budgets;
import io.pinferry.management.Deploy;
import io.pinferry.management.ManagementRoutes;
import io.pinferry.management.ReadRoutes;
import io.pinferry.operation.OperationFinisher;
import io.pinferry.operation.OperationNotificationNotes;
import io.pinferry.pinterest.PinterestOauth;
import io.pinferry.proxy.ProxyService;
import io.pinferry.proxy.ProxyTargets;
import io.pinferry.read.InstalledReads;
import io.pinferry.read.PartitionSync;
import io.pinferry.read.ReadContents;
import io.pinferry.read.ReadReceipts;
import io.pinferry.read.ReadStarts;
import io.pinferry.read.ResumedReads;
import io.pinferry.read.RunningReads;
import io.pinferry.read.ScheduledReads;
import io.pinferry.read.Settlement;
import io.pinferry.read.Watchdog;
import io.pinferry.timer.TimerTick;
import io.pinferry.write.AsyncWrites;
import io.pinferry.write.Preparation;
import io.pinferry.write.WriteContents;
import io.pinferry.write.WriteOperations;
import io.pinferry.write.WriteParts;
import io.pinferry.write.WriteRoutes;
import io.pinferry.write.Writes;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The object graph of one process. A part is built once, at its first use. Parts are used on one
 * thread, before the process takes work.
 */
public class Assembly {
  private final Ports ports;
  private final Settings settings;
  private final Tasks tasks;
  private final InstantSource clock;
  private final Log log;
  private final Map<Class<?>, Object> parts = new HashMap<>();

  public Assembly(Ports ports, Settings settings) {
    this.ports = ports;
    this.settings = settings;
    this.tasks = ports.tasks();
    this.clock = tasks::now;
    this.log = ports.log();
  }

  private <T> T once(Class<T> type, Supplier<T> build) {
    // Not computeIfAbsent, since building a part can need another part.
    Object part = parts.get(type);
    if (part == null) {
      part = build.get();
      parts.put(type, part);
    }
    return type.cast(part);
  }

  // -------------------------------------------------------------------------------- doors

  /** Returns the routes of the api door that lead customers to Pinterest and back. */
  public Endpoint oauthDoor() {
    return door(Door.API, oauthRoutes());
  }

  private List<Route> oauthRoutes() {
    return OauthRoutes.of(
        ports.directory(),
        ports.secrets(),
        ports.timers(),
        oauth(),
        settings.publicApiOrigin(),
        ports.ids(),
        clock);
  }

  /**
   * Returns all routes of the api door. Those of {@link #oauthDoor()} are among them: API Gateway
   * sends a path with two slashes in front here.
   */
  public Endpoint managementDoor() {
    List<Route> routes =
        new ArrayList<>(
            ConnectionRoutes.of(
                new ConnectionRoutes.Parts(
                    ports.directory(),
                    ports.secrets(),
                    ports.timers(),
                    accessTokens(),
                    oauth(),
                    settings.publicApiOrigin(),
                    ports.ids(),
                    clock)));
    routes.addAll(oauthRoutes());
    routes.addAll(managementRoutes());
    return door(Door.API, routes);
  }

  /** Returns the routes of the api door, except those of connections. */
  public final List<Route> managementRoutes() {
    return ManagementRoutes.of(
        new ManagementRoutes.Parts(
            ports.directory(),
            ports.secrets(),
            ports.operations(),
            ports.budgets(),
            ports.partitions(),
            ports.results(),
            ports.deadLetters(),
            ports.deliveryAttempts(),
            install(),
            changeConfig(),
            uninstall(),
            triggerRead(),
            deploy(),
            new ProjectRemoval(ports.directory(), ports.secrets(), uninstall(), clock, log),
            removeGroup(),
            settings.logRetentionDays(),
            redrive(),
            replay(),
            tokenMoves().orElse(null),
            DestinationRules.of(settings.localMode()),
            ports.hosts(),
            oauth(),
            new PublicUrl(settings.publicApiOrigin()),
            ports.ids(),
            tasks,
            clock));
  }

  /** Returns moves of tokens between two stores; empty if there is one store. */
  public Optional<TokenMoves> tokenMoves() {
    return ports
        .tokenPlaces()
        .map(
            places ->
                new TokenMoves(
                    new ProjectRepository(ports.directory()),
                    new ConnectionRepository(ports.directory()),
                    places,
                    ports.refreshLeases(),
                    tasks,
                    log));
  }

  public Endpoint readDoor() {
    return door(Door.READ, readRoutes());
  }

  public final List<Route> readRoutes() {
    return ReadRoutes.of(ports.directory(), triggerRead(), pauseReads());
  }

  public Endpoint writeDoor() {
    return new Endpoint(
            Door.WRITE,
            new Router(WriteRoutes.of(ports.directory(), writes())),
            guard(),
            log,
            clock,
            WriteRoutes.BODY_BYTES_MAX)
        .within(tasks);
  }

  public Endpoint proxyDoor() {
    var service =
        new ProxyService(
            guard(),
            new ProxyTargets(
                new ProjectRepository(ports.directory()),
                new IntegrationRepository(ports.directory()),
                new InstallationRepository(ports.directory()),
                ProxyTargets.CACHE_TIME,
                clock),
            pinterest(),
            settings.pinterestApi(),
            tasks);
    return new Endpoint(Door.PROXY, service, log, clock).within(tasks);
  }

  private Endpoint door(Door door, List<Route> routes) {
    return new Endpoint(door, new Router(routes), guard(), log, clock).within(tasks);
  }

  private Guard guard() {
    return DirectoryCredentials.guard(ports.directory(), settings.adminKeySha256(), clock);
  }

  // -------------------------------------------------------------------------------- queues

  public PartitionSync partitionSync() {
    return once(
        PartitionSync.class,
        () ->
            new PartitionSync(
                new PartitionSync.Parts(
                    ports.partitions(),
                    ports.operations(),
                    ports.results(),
                    ports.fingerprints(),
                    ports.readQueue(),
                    ports.deliveryQueue(),
                    pinterest(),
                    settlement(),
                    tasks,
                    ports.random(),
                    log,
                    settings.sync())));
  }

  public Delivery delivery() {
    var destinations = new DestinationRepository(ports.directory());
    var deliveryParts =
        new Delivery.Parts(
            new DirectoryTargets(
                new InstallationRepository(ports.directory()),
                destinations,
                ports.secrets(),
                clock),
            ports.web(),
            readReceipts(),
            ports.deliveryAttempts(),
            ports.parkedMessages(),
            ports.deadLetters(),
            new DirectoryTroubles(destinations, clock),
            Delivery.breakers(),
            new ResultLinks(settings.apiOrigin()));
    return new Delivery(
        deliveryParts, settings.deliveryRetries(), settings.deliveryAttempts(), clock, log);
  }

  private OperationNotificationNotes notificationNotes() {
    return new OperationNotificationNotes(ports.operations(), clock);
  }

  public ReadReceipts readReceipts() {
    return once(
        ReadReceipts.class,
        () ->
            new ReadReceipts(
                ports.partitions(), ports.operations(), settlement(), ports.readQueue(), clock));
  }

  public AsyncWrites asyncWrites() {
    return once(AsyncWrites.class, () -> new AsyncWrites(writeParts()));
  }

  // -------------------------------------------------------------------------------- timers

  /** Returns the tick that fires due timers. */
  public TimerTick timerTick() {
    var connections = new ConnectionRepository(ports.directory());
    var parked =
        new ParkedRelease(
            ports.parkedMessages(), ports.deliveryQueue(), ports.timers(), tasks, log);
    var keepAlive =
        new KeepAlive(connections, accessTokens(), ports.secrets(), ports.timers(), clock, log);
    return new TimerTick(
        ports.timers(),
        Map.of(
            Watchdog.KIND, watchdog()::fire,
            ScheduledReads.KIND, scheduledReads()::fire,
            Reconnect.KIND, resumedReads()::fire,
            ParkedRelease.KIND, parked::fire,
            KeepAlive.KIND, keepAlive::fire,
            WriteOperations.KIND, writeOperations()::fire,
            RemoveGroup.KIND, removeGroup()::fire),
        tasks,
        log);
  }

  public NotificationRelay notificationRelay() {
    return new NotificationRelay(
        ports.directory(), ports.deliveryQueue(), notificationNotes(), tasks, log);
  }

  private Watchdog watchdog() {
    return new Watchdog(
        ports.operations(),
        ports.partitions(),
        ports.readQueue(),
        ports.timers(),
        settlement(),
        tasks,
        log,
        settings.watchdogInterval());
  }

  private ScheduledReads scheduledReads() {
    return new ScheduledReads(
        new InstalledReads(
            new InstallationRepository(ports.directory()),
            new ConnectionRepository(ports.directory())),
        readStarts(),
        ports.operations(),
        ports.readQueue(),
        ports.timers(),
        tasks,
        log);
  }

  private ResumedReads resumedReads() {
    return new ResumedReads(
        ports.directory(),
        readStarts(),
        ports.operations(),
        ports.readQueue(),
        ports.timers(),
        tasks,
        log);
  }

  // -------------------------------------------------------------------------------- actions

  public Install install() {
    return new Install(
        ports.directory(),
        ports.operations(),
        ports.readQueue(),
        readStarts(),
        sampling(),
        ports.ids(),
        tasks,
        log);
  }

  public ChangeConfig changeConfig() {
    return new ChangeConfig(
        ports.directory(),
        ports.operations(),
        ports.readQueue(),
        readStarts(),
        runningReads(),
        ports.timers(),
        sampling(),
        ports.ids(),
        tasks,
        log);
  }

  public Uninstall uninstall() {
    return new Uninstall(ports.directory(), ports.secrets(), runningReads(), clock, log);
  }

  public RemoveGroup removeGroup() {
    var contents =
        new GroupContents(
            ports.operations(),
            new ReadContents(
                ports.partitions(), ports.parkedMessages(), ports.results(), ports.fingerprints()),
            new WriteContents(ports.writes(), ports.directory()),
            ports.deliveryAttempts(),
            tasks);
    return new RemoveGroup(
        ports.directory(),
        ports.secrets(),
        ports.deadLetters(),
        uninstall(),
        contents,
        ports.timers(),
        tasks,
        log);
  }

  public TriggerRead triggerRead() {
    return new TriggerRead(
        ports.directory(),
        ports.operations(),
        runningReads(),
        ports.readQueue(),
        readStarts(),
        ports.ids(),
        clock,
        log);
  }

  public PauseReads pauseReads() {
    return new PauseReads(ports.directory(), runningReads(), ports.ids(), clock, log);
  }

  public Deploy deploy() {
    return new Deploy(ports.directory(), pauseReads(), ports.ids(), clock, log);
  }

  public Redrive redrive() {
    return new Redrive(ports.deadLetters(), sendingAgain(), tasks);
  }

  public Replay replay() {
    return new Replay(
        redrive(), ports.deliveryAttempts(), ports.parkedMessages(), sendingAgain(), tasks);
  }

  private SendingAgain sendingAgain() {
    return new SendingAgain(
        new DestinationRepository(ports.directory()),
        new InstallationRepository(ports.directory()),
        readReceipts(),
        notificationNotes(),
        log);
  }

  // -------------------------------------------------------------------------------- shared parts

  /** Returns the rate budgets. Unused slots are given back after each invocation. */
  public Budgets budgets() {
    return once(Budgets.class, () -> new Budgets(ports.budgets(), tasks, log));
  }

  public PinterestClient pinterest() {
    return once(
        PinterestClient.class,
        () ->
            new PinterestClient(
                accessTokens(),
                budgets(),
                ports.pinterest(),
                settings.pinterestApi(),
                tasks,
                ports.random()));
  }

  public AccessTokens accessTokens() {
    return once(
        AccessTokens.class,
        () ->
            new AccessTokens(
                new ConnectionRepository(ports.directory()),
                new ProviderAppRepository(ports.directory()),
                ports.secrets(),
                ports.refreshLeases(),
                oauth(),
                tasks,
                log));
  }

  public PinterestOauth oauth() {
    return once(
        PinterestOauth.class,
        () ->
            new PinterestOauth(
                ports.pinterest(),
                settings.pinterestAuthorize(),
                settings.pinterestToken(),
                settings.pinterestApi(),
                clock));
  }

  public Settlement settlement() {
    return once(
        Settlement.class,
        () ->
            new Settlement(
                ports.partitions(),
                ports.operations(),
                operationFinisher(),
                ports.readQueue(),
                tasks));
  }

  public RunningReads runningReads() {
    return new RunningReads(ports.operations(), settlement());
  }

  public WriteOperations writeOperations() {
    return once(
        WriteOperations.class,
        () ->
            new WriteOperations(
                ports.operations(),
                operationFinisher(),
                ports.writes(),
                ports.timers(),
                ports.writeQueue(),
                tasks,
                log));
  }

  public Writes writes() {
    return once(Writes.class, () -> new Writes(writeParts(), ports.writeQueue()));
  }

  public ReadStarts readStarts() {
    return new ReadStarts(ports.operations(), settings.watchdogInterval());
  }

  /** Returns the check of a new read; a test may replace it. */
  protected Sampling sampling() {
    return new PinterestSampling(pinterest(), log);
  }

  private OperationFinisher operationFinisher() {
    return new OperationFinisher(ports.operations(), log);
  }

  private WriteParts writeParts() {
    return new WriteParts(
        ports.directory(),
        writeOperations(),
        ports.writes(),
        new Preparation(ports.directory(), DestinationRules.of(settings.localMode())),
        pinterest(),
        ports.files(),
        ports.ids(),
        tasks,
        log);
  }
}
