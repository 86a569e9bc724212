package io.pinferry.install;

import static io.pinferry.base.Field.field;
import static io.pinferry.base.Issue.clipped;

import io.pinferry.base.IdSource;
import io.pinferry.base.Issue;
import io.pinferry.base.Log;
import io.pinferry.base.Nearest;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.Integration;
import io.pinferry.directory.Snapshot;
import io.pinferry.manifest.DeliveryMode;
import io.pinferry.manifest.EffectiveConfig;
import io.pinferry.manifest.EffectiveRead;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.Work;
import io.pinferry.read.InstalledReads;
import io.pinferry.read.ReadQueue;
import io.pinferry.read.ReadRequest;
import io.pinferry.read.ReadStarts;
import io.pinferry.read.ReadStarts.ReadStart;
import io.pinferry.read.RunningReads;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Starts a read of one object now. If a triggered read of the same period, config and account is
 * still running, returns that one.
 */
public final class TriggerRead {
  /** The member of a request that says which records are delivered. */
  public static final String DELIVER = "deliver";

  public static final String CHANGES = "changes";

  /** The member of a request that releases deletions that are held. */
  public static final String RELEASE = "releaseHeldDeletions";

  private final InstallationRepository installations;
  private final ConnectionRepository connections;
  private final OperationStore operations;
  private final RunningReads running;
  private final ReadQueue queue;
  private final ReadStarts starts;
  private final IdSource ids;
  private final InstantSource clock;
  private final Log log;

  public TriggerRead(
      DirectoryStore directory,
      OperationStore operations,
      RunningReads running,
      ReadQueue queue,
      ReadStarts starts,
      IdSource ids,
      InstantSource clock,
      Log log) {
    this.installations = new InstallationRepository(directory);
    this.connections = new ConnectionRepository(directory);
    this.operations = operations;
    this.running = running;
    this.queue = queue;
    this.starts = starts;
    this.ids = ids;
    this.clock = clock;
    this.log = log;
  }

  /**
   * Starts a read.
   *
   * @param objectName the name of the object at Pinterest or in deliveries
   * @return the operation, which may have been triggered before
   * @throws InvalidRequest with the issue
   * @throws Conflict if the object is disabled, or the customer must connect again
   */
  public OperationId start(
      Integration integration, String objectName, String groupRef, ReadRequest request) {
    check(request.period());
    Installation installation =
        installations
            .findOfGroup(integration.project(), integration.id(), groupRef)
            .map(Snapshot::value)
            .orElseThrow(
                () ->
                    Issue.body(
                            "groupRef",
                            clipped(groupRef),
                            "has not installed integration " + integration.name())
                        .malformed());
    EffectiveRead read = read(installation, objectName);
    check(request, read);
    Connection connection =
        connections
            .find(installation.project(), installation.connection())
            .map(Snapshot::value)
            .filter(found -> found.access().status() != ConnectionStatus.BAD_CREDENTIALS)
            .orElseThrow(
                () ->
                    new Conflict(
                        "the account of group %s has to be connected again before it can be read"
                            .formatted(clipped(groupRef)),
                        "Let the customer connect again."));
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    ReadStart prepared =
        starts.prepare(
            InstalledReads.target(installation, connection, read),
            new OperationId(ids.uuid()),
            request,
            now);
    Optional<Operation> same = running(prepared.start().operation());
    if (same.isPresent()) {
      log.info(
          "triggered read is running already",
          field("operation", same.get().id()),
          field("installation", installation.id()),
          field("object", read.objectName()));
      return same.get().id();
    }
    OperationTransaction.Outcome outcome =
        operations.commit(
            new OperationTransaction(
                List.of(), List.of(), List.of(prepared.watchdog()), List.of(prepared.start())));
    if (outcome != OperationTransaction.Outcome.COMMITTED) {
      throw new IllegalStateException("a new read is not new: " + outcome);
    }
    OperationId id = prepared.start().operation().id();
    log.info(
        "triggered read started",
        field("operation", id),
        field("installation", installation.id()),
        field("object", read.objectName()));
    try {
      queue.send(installation.id(), prepared.roots(), Duration.ZERO);
    } catch (ProviderUnavailable e) {
      // It is stored, so the watchdog sends it.
      log.warn("triggered read not sent", e, field("operation", id));
    }
    return id;
  }

  private static void check(Work.Period period) {
    Instant since = period.since();
    Instant until = period.until();
    if (since != null && until != null && !since.isBefore(until)) {
      throw Issue.body("untilTimestamp", until.toString(), "must be after sinceTimestamp")
          .malformed();
    }
  }

  private static void check(ReadRequest request, EffectiveRead read) {
    boolean byMode = request.delivery() == ReadRequest.Delivery.BY_MODE;
    if (byMode && !request.period().equals(Work.Period.ALL)) {
      throw Issue.body(DELIVER, CHANGES, "is not possible for a period: only whole reads compare")
          .malformed();
    }
    DeliveryMode mode = read.mode();
    if (byMode && (mode == null || mode == DeliveryMode.ALL)) {
      throw Issue.body(
              DELIVER,
              CHANGES,
              "is not possible: all records of this object are delivered; set its %s to %s or %s"
                  .formatted(
                      DeliveryMode.KEY,
                      DeliveryMode.CHANGED.text(),
                      DeliveryMode.CHANGED_AND_DELETED.text()))
          .malformed();
    }
    if (request.releasesHeld()
        && (mode != DeliveryMode.CHANGED_AND_DELETED
            || !request.period().equals(Work.Period.ALL))) {
      throw Issue.body(
              RELEASE,
              "true",
              "is not possible: only a whole read of an object whose %s is %s tells deletions"
                  .formatted(DeliveryMode.KEY, DeliveryMode.CHANGED_AND_DELETED.text()))
          .malformed();
    }
  }

  /**
   * Finds a triggered read in progress that delivers at least the same records. Two triggers at the
   * same moment may both start a read; that only repeats records.
   */
  private Optional<Operation> running(Operation wanted) {
    return running.of(wanted.installation()).stream()
        .filter(operation -> operation.connection().equals(wanted.connection()))
        // The same type, object, selection, destination, account and period.
        .filter(operation -> operation.read().uncompared().equals(wanted.read().uncompared()))
        .filter(operation -> wanted.read().isCompared() || !operation.read().isCompared())
        .filter(operation -> !wanted.read().releasesHeld() || operation.read().releasesHeld())
        .findFirst();
  }

  private static EffectiveRead read(Installation installation, String objectName) {
    EffectiveConfig config = installation.config().effective();
    EffectiveRead read =
        config
            .findRead(objectName)
            .orElseThrow(
                () -> {
                  List<String> known =
                      config.read().stream().map(EffectiveRead::objectName).toList();
                  return Issue.path(
                          "objectName",
                          clipped(objectName),
                          "is not read for this group%s%s"
                              .formatted(
                                  (known.isEmpty() ? "" : "; read are " + String.join(", ", known)),
                                  Nearest.hint(objectName, known)))
                      .malformed();
                });
    if (read.disabled()) {
      throw new Conflict(
          "object %s is disabled for this group%s"
              .formatted(
                  read.objectName(), (read.pauseNote() == null ? "" : ": " + read.pauseNote())),
          "Resume it: POST …/installations/%s:unpause with {\"objects\": [\"%s\"]}"
              .formatted(installation.id(), read.objectName()));
    }
    return read;
  }
}
