package io.pinferry.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.read.NewPartition;
import io.pinferry.read.Operation;
import io.pinferry.read.OperationId;
import io.pinferry.read.OperationStatus;
import io.pinferry.read.Partition;
import io.pinferry.read.PartitionId;
import io.pinferry.read.PartitionKey;
import io.pinferry.read.PartitionState;
import io.pinferry.read.ReadStore.LogLine;
import io.pinferry.read.ReadType;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Items of the Reads table.
 *
 * <ul>
 *   <li>{@code pk} operation, {@code sk} {@code OPERATION}: the operation
 *   <li>{@code pk} operation, {@code sk} {@code PARTITION#<id>}: a partition; while it is in the
 *       index of open ones it has {@code openMark}, which is its id again
 *   <li>{@code pk} operation, {@code sk} {@code LOG#<id>}: a line of its log; without the time, so
 *       that a line written again later is the same item
 *   <li>{@code pk} {@code INSTALLATION#<id>}, {@code sk} {@code OPERATION#<startedAt>#<id>}: where
 *       the installation's operations are found
 *   <li>{@code pk} {@code INSTALLATION#<id>}, {@code sk} {@code READING#<startedAt>#<id>}: the same
 *       of a read, for as long as it is in progress
 * </ul>
 *
 * Everything expires some time after it was written ({@link #KEPT}, {@link #LOG_KEPT}).
 */
final class ReadItems {
  private static final String RESULT_PARTS = "partCount";
  private static final String RESULT_BYTES = "resultBytes";

  /** How long operations and partitions are kept. */
  static final Duration KEPT = Duration.ofDays(90);

  /** How long lines of a log are kept. */
  static final Duration LOG_KEPT = Duration.ofDays(30);

  static final String OPERATION = "OPERATION";
  static final String OPERATION_PREFIX = "OPERATION#";
  static final String READING_PREFIX = "READING#";
  static final String PARTITION_PREFIX = "PARTITION#";
  static final String LOG_PREFIX = "LOG#";
  static final String OPEN_INDEX = "open";
  static final String OPEN_MARK = "openMark";

  // Operation
  static final String STATUS = "status";
  static final String RESULT = "result";
  static final String ENDED_AT = "endedAt";
  private static final String PROJECT = "project";
  private static final String INTEGRATION = "integration";
  private static final String INSTALLATION = "installation";
  private static final String CONNECTION = "connection";
  private static final String CONFIG_ID = "configId";
  private static final String OBJECT_NAME = "objectName";
  private static final String READ_TYPE = "readType";
  private static final String SPEC = "spec";
  private static final String STARTED_AT = "startedAt";
  private static final String OPERATION_ID = "operation";

  // Partition
  static final String STATE = "state";
  static final String SENT_THROUGH = "sentThrough";
  static final String BOOKMARK = "bookmark";
  static final String UNDELIVERED = "undelivered";
  static final String FENCE = "fence";
  static final String LEASED_UNTIL = "leasedUntil";
  static final String NOT_BEFORE = "notBefore";
  static final String RECORD_COUNT = "recordCount";
  static final String RESTARTS = "restarts";
  static final String STORED_PAGE = "storedPage";

  /** There only while it is true. */
  static final String WAITS_FOR_DELIVERY = "waitsForDelivery";

  /** Leases before the newest one that stored no page, waits excepted. */
  static final String LEASES_WITHOUT_PAGE = "leasesWithoutPage";

  /**
   * 1 while the newest lease is to be counted with them, else 0. Kept apart, so that a wait and a
   * page each undo the count with a plain assignment, however often that is repeated.
   */
  static final String LEASE_WITHOUT_PAGE = "leaseWithoutPage";

  /** Why the partition failed; kept apart from {@link #SKIPPED} so that the first one stays. */
  static final String FAILURE = "failure";

  static final String SKIPPED = "skipped";
  private static final String STEP = "step";
  private static final String PARAMETERS = "parameters";

  // Log line
  private static final String AT = "at";
  private static final String SEVERITY = "severity";
  private static final String MESSAGE = "message";
  private static final String DETAILS = "details";

  private static final Pattern OPERATION_SORT = Pattern.compile("OPERATION#\\d{15}#.+");

  private ReadItems() {}

  static Item operation(Operation operation) {
    return Item.keyed(operation.id().value(), OPERATION)
        .with(PROJECT, operation.project().value())
        .with(INTEGRATION, operation.integration().value())
        .with(INSTALLATION, operation.installation().value())
        .with(CONNECTION, operation.connection().value())
        .with(CONFIG_ID, operation.configId())
        .with(OBJECT_NAME, operation.objectName())
        .with(READ_TYPE, operation.readType().name())
        .with(SPEC, operation.spec())
        .withMillis(STARTED_AT, operation.startedAt())
        .with(STATUS, operation.status().name())
        .with(RESULT, operation.result())
        .withMillis(ENDED_AT, operation.endedAt())
        .expiringAt(operation.startedAt().plus(KEPT));
  }

  static Operation operation(Item item) {
    return new Operation(
        new OperationId(item.text(Item.PK)),
        new ProjectId(item.text(PROJECT)),
        new IntegrationId(item.text(INTEGRATION)),
        new InstallationId(item.text(INSTALLATION)),
        new ConnectionId(item.text(CONNECTION)),
        item.text(CONFIG_ID),
        item.text(OBJECT_NAME),
        ReadType.valueOf(item.text(READ_TYPE)),
        item.text(SPEC),
        item.millis(STARTED_AT),
        OperationStatus.valueOf(item.text(STATUS)),
        item.text(RESULT),
        item.millisOrNull(ENDED_AT));
  }

  static String installation(InstallationId installation) {
    return "INSTALLATION#" + installation.value();
  }

  static Item operationOfInstallation(Operation operation) {
    return Item.keyed(
            installation(operation.installation()),
            OPERATION_PREFIX + Values.sortable(operation.startedAt()) + "#" + operation.id())
        .with(OPERATION_ID, operation.id().value())
        .expiringAt(operation.startedAt().plus(KEPT));
  }

  static Item reading(Operation operation) {
    return Item.keyed(installation(operation.installation()), readingSort(operation))
        .with(OPERATION_ID, operation.id().value())
        .expiringAt(operation.startedAt().plus(KEPT));
  }

  static Map<String, AttributeValue> readingKey(Operation operation) {
    return Item.key(installation(operation.installation()), readingSort(operation));
  }

  private static String readingSort(Operation operation) {
    return READING_PREFIX + Values.sortable(operation.startedAt()) + "#" + operation.id();
  }

  /** Returns the key of the operation that an item of an installation is about. */
  static Map<String, AttributeValue> operationKey(Item ofInstallation) {
    return Item.key(ofInstallation.text(OPERATION_ID), OPERATION);
  }

  static String pageToken(Item ofInstallation) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(ofInstallation.text(Item.SK).getBytes(UTF_8));
  }

  /**
   * Returns the key that a page token was made of.
   *
   * @throws IllegalArgumentException if it was made of none
   */
  static Map<String, AttributeValue> afterPageToken(InstallationId installation, String token) {
    String sort = new String(Base64.getUrlDecoder().decode(token), UTF_8);
    if (!OPERATION_SORT.matcher(sort).matches()) {
      throw new IllegalArgumentException("a page token that is none of ours: " + token);
    }
    return Item.key(installation(installation), sort);
  }

  static String sort(PartitionId id) {
    return PARTITION_PREFIX + id.value();
  }

  /** Returns a partition that is open, before its first page. */
  static Item partition(OperationId operation, NewPartition created, Instant now) {
    PartitionId id = created.id();
    return Item.keyed(operation.value(), sort(id))
        .with(STEP, created.step())
        .with(PARAMETERS, Values.map(created.parameters()))
        .with(STATE, PartitionState.OPEN.name())
        .with(SENT_THROUGH, 0)
        .with(FENCE, 0)
        .with(LEASES_WITHOUT_PAGE, 0)
        .with(LEASE_WITHOUT_PAGE, 0)
        .with(RECORD_COUNT, 0)
        .with(RESTARTS, 0)
        .with(STORED_PAGE, 0)
        .with(OPEN_MARK, id.value())
        .expiringAt(now.plus(KEPT));
  }

  static Partition partition(Item item) {
    PartitionState state = PartitionState.valueOf(item.text(STATE));
    return new Partition(
        new PartitionKey(
            new OperationId(item.text(Item.PK)),
            new PartitionId(item.text(Item.SK).substring(PARTITION_PREFIX.length()))),
        item.text(STEP),
        item.map(PARAMETERS),
        state,
        (int) item.number(SENT_THROUGH),
        (int) item.number(STORED_PAGE),
        item.textOrNull(BOOKMARK),
        item.set(UNDELIVERED),
        item.number(FENCE),
        item.millisOrNull(LEASED_UNTIL),
        item.millisOrNull(NOT_BEFORE),
        (int) (item.number(LEASES_WITHOUT_PAGE) + item.number(LEASE_WITHOUT_PAGE)),
        (int) item.number(RESTARTS),
        item.number(RECORD_COUNT),
        switch (state) {
          case OPEN, ENDED -> null;
          case FAILED -> item.textOrNull(FAILURE);
          case SKIPPED -> item.textOrNull(SKIPPED);
        },
        item.has(WAITS_FOR_DELIVERY),
        item.has(OPEN_MARK));
  }

  static Item logLine(OperationId operation, LogLine line) {
    Item item =
        Item.keyed(operation.value(), LOG_PREFIX + line.id())
            .withMillis(AT, line.at())
            .with(SEVERITY, line.severity())
            .with(MESSAGE, line.message())
            .expiringAt(line.at().plus(LOG_KEPT));
    return line.details() == null ? item : item.with(DETAILS, line.details());
  }

  static LogLine logLine(Item item) {
    return new LogLine(
        item.millis(AT),
        item.text(Item.SK).substring(LOG_PREFIX.length()),
        item.text(SEVERITY),
        item.text(MESSAGE),
        item.textOrNull(DETAILS));
  }

  /** Returns the partition key of what a message links to. */
  static String result(ProjectId project, String messageId) {
    return "RESULT#" + project.value() + "#" + messageId;
  }

  /** One part of a compressed result; more than one where an item cannot hold it. */
  static Item resultPart(
      ProjectId project, String messageId, int part, int count, byte[] bytes, Instant until) {
    return Item.keyed(result(project, messageId), String.format(Locale.ROOT, "PART#%03d", part))
        .with(RESULT_PARTS, count)
        .with(RESULT_BYTES, Values.bytes(bytes))
        .expiringAt(until);
  }

  static long resultPartCount(Item part) {
    return part.number(RESULT_PARTS);
  }

  static byte[] resultBytes(Item part) {
    return part.bytes(RESULT_BYTES);
  }
}
