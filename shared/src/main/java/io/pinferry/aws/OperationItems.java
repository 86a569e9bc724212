package io.pinferry.aws;

import io.pinferry.base.Codec;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.operation.ListPosition;
import io.pinferry.operation.LogLine;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationEnd;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.Origin;
import io.pinferry.operation.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Items of operations in the Reads table.
 *
 * <ul>
 *   <li>{@code pk} operation, {@code sk} {@code OPERATION}: the operation. Its {@code listedIn} and
 *       {@code listedAt}, project and time, are the key of the index {@code recent}
 *   <li>{@code pk} operation, {@code sk} {@code LOG#<id>}: a line of its log. The key has no time,
 *       so a line that is written again is the same item. Attempts to deliver have more attributes:
 *       {@link DynamoDbDeliveryAttempts}
 *   <li>{@code pk} {@code INSTALLATION#<id>}, {@code sk} {@code OPERATION#<startedAt>#<id>}: finds
 *       an operation by its installation
 *   <li>{@code pk} {@code INSTALLATION#<id>}, {@code sk} {@code READING#<startedAt>#<id>}: finds a
 *       read in progress by its installation
 * </ul>
 *
 * All items expire ({@link #KEPT}, {@link #LOG_KEPT}).
 */
final class OperationItems {
  /** The time that operations and partitions are kept. */
  static final Duration KEPT = OperationStore.KEPT;

  /** The time that lines of a log are kept. */
  static final Duration LOG_KEPT = OperationStore.LOG_KEPT;

  static final String OPERATION = "OPERATION";
  static final String OPERATION_PREFIX = "OPERATION#";
  static final String READING_PREFIX = "READING#";
  static final String LOG_PREFIX = "LOG#";
  static final String DELIVERED_PREFIX = "DELIVERED#";

  /**
   * The index of the operations of a project, and of its attempts to deliver. It is global, so it
   * is not strongly consistent.
   */
  static final String RECENT_INDEX = "recent";

  static final String LISTED_IN = "listedIn";
  static final String LISTED_AT = "listedAt";

  static final String STATUS = "status";
  static final String RESULT = "result";
  static final String ENDED_AT = "endedAt";
  static final String WORK = "work";
  private static final String PROJECT = "project";
  private static final String INTEGRATION = "integration";
  private static final String INSTALLATION = "installation";
  private static final String CONNECTION = "connection";
  private static final String CONFIG_ID = "configId";
  private static final String STARTED_AT = "startedAt";
  private static final String OPERATION_ID = "operation";

  // Attributes of log lines
  private static final String AT = "at";
  private static final String SEVERITY = "severity";
  private static final String MESSAGE = "message";
  private static final String DETAILS = "details";

  private OperationItems() {}

  /** Returns the item of a new operation. */
  static Item operation(Operation operation) {
    return Item.keyed(operation.id().value(), OPERATION)
        .with(PROJECT, operation.project().value())
        .with(INTEGRATION, operation.integration().value())
        .with(INSTALLATION, operation.installation().value())
        .with(CONNECTION, operation.connection().value())
        .with(CONFIG_ID, operation.origin().configId())
        .with(WORK, Codec.text(operation.work()))
        .withMillis(STARTED_AT, operation.startedAt())
        .with(STATUS, OperationStatus.IN_PROGRESS.name())
        .with(LISTED_IN, operation.project().value())
        .with(LISTED_AT, sort(operation.startedAt(), operation.id()))
        .expiringAt(operation.startedAt().plus(KEPT));
  }

  static Operation operation(Item item) {
    return new Operation(
        new OperationId(item.text(Item.PK)),
        new Origin(
            new ProjectId(item.text(PROJECT)),
            new IntegrationId(item.text(INTEGRATION)),
            new InstallationId(item.text(INSTALLATION)),
            new ConnectionId(item.text(CONNECTION)),
            item.text(CONFIG_ID)),
        Codec.stored(Work.class, item.text(WORK)),
        item.millis(STARTED_AT),
        end(item));
  }

  private static @Nullable OperationEnd end(Item item) {
    boolean success = item.text(STATUS).equals(OperationStatus.SUCCESS.name());
    return item.has(ENDED_AT)
        ? new OperationEnd(success, item.text(RESULT), null, item.millis(ENDED_AT))
        : null;
  }

  static String installation(InstallationId installation) {
    return "INSTALLATION#" + installation.value();
  }

  /** Returns an item through which an operation is found by its installation. */
  static Item ofInstallation(String prefix, Operation operation) {
    return Item.keyed(
            installation(operation.installation()),
            prefix + sort(operation.startedAt(), operation.id()))
        .with(OPERATION_ID, operation.id().value())
        .expiringAt(operation.startedAt().plus(KEPT));
  }

  static OperationId operationId(Item ofInstallation) {
    return new OperationId(ofInstallation.text(OPERATION_ID));
  }

  /** Returns the key of the item of an installation that a list goes on behind. */
  static Map<String, AttributeValue> ofInstallation(
      InstallationId installation, ListPosition position) {
    return place(installation, OPERATION_PREFIX, position);
  }

  /** Returns the key of an item of an installation. */
  static Map<String, AttributeValue> place(
      InstallationId installation, String prefix, ListPosition position) {
    return Item.key(installation(installation), prefix + sort(position.startedAt(), position.id()));
  }

  /** Returns the key in {@link #RECENT_INDEX} that a list goes on behind. */
  static Map<String, AttributeValue> ofProject(ProjectId project, ListPosition position) {
    return Map.of(
        Item.PK,
        Values.text(position.id().value()),
        Item.SK,
        Values.text(OPERATION),
        LISTED_IN,
        Values.text(project.value()),
        LISTED_AT,
        Values.text(sort(position.startedAt(), position.id())));
  }

  /** Returns the position of an item of a list. */
  static ListPosition position(Item item) {
    return ListPosition.parse(
        item.has(LISTED_AT)
            ? item.text(LISTED_AT)
            : item.text(Item.SK).substring(OPERATION_PREFIX.length()));
  }

  private static String sort(Instant startedAt, OperationId id) {
    return Values.sortable(startedAt) + "#" + id;
  }

  static Item logLine(String pk, LogLine line) {
    Item item =
        Item.keyed(pk, LOG_PREFIX + line.id())
            .withMillis(AT, line.at())
            .with(SEVERITY, line.severity().name())
            .with(MESSAGE, line.message())
            .expiringAt(line.at().plus(LOG_KEPT));
    return line.details() == null ? item : item.with(DETAILS, line.details());
  }

  static LogLine logLine(Item item) {
    return new LogLine(
        item.millis(AT),
        item.text(Item.SK).substring(LOG_PREFIX.length()),
        LogLine.Severity.valueOf(item.text(SEVERITY)),
        item.text(MESSAGE),
        item.textOrNull(DETAILS));
  }
}
