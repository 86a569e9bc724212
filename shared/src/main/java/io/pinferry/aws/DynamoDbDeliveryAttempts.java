package io.pinferry.aws;

import static java.util.Comparator.comparing;
import static java.util.Comparator.reverseOrder;

import io.pinferry.base.Codec;
import io.pinferry.base.PageToken;
import io.pinferry.base.Tasks;
import io.pinferry.delivery.DeliveryAttempt;
import io.pinferry.delivery.DeliveryAttempts;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.operation.LogLine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Attempts to deliver messages in the Reads table. The attempt of a message of an operation is a
 * line of its log ({@link OperationItems}) with an {@code attempt}. Records that were accepted at
 * once are no line: their {@code sk} is {@code DELIVERED#<message id>}, as that of messages of
 * other attempts. Attempts of no operation have the {@code pk} {@code ATTEMPTS#<installation or
 * project>}. All are in the index {@code recent}: {@code listedIn} is {@code
 * ATTEMPTS#<project>#<ACCEPTED or FAILED>#<shard>}, {@code listedAt} the position.
 */
public final class DynamoDbDeliveryAttempts implements DeliveryAttempts {
  private static final int LIST_MAX = 1000;

  /**
   * One partition of an index takes 1,000 writes a second. A slow index would slow down the table.
   */
  private static final int SHARD_COUNT = 4;

  /** How many attempts a page of a list examines at least before it ends without being full. */
  private static final int EXAMINED_MAX = 2000;

  private static final int EXAMINED_AT_ONCE = 200;

  private static final String LISTED_IN_PREFIX = "ATTEMPTS#";
  private static final String ATTEMPT = "attempt";
  private static final String MESSAGE = "message";
  private static final Pattern POSITION = Pattern.compile("\\d{15}#[ -~]{1,300}");

  /** After all positions. */
  private static final String LAST_POSITION = "~";

  private final DynamoDb dynamoDb;
  private final String reads;
  private final Tasks tasks;
  private final int examinedMax;

  /**
   * @param reads the name of the table of reads
   */
  public DynamoDbDeliveryAttempts(DynamoDbClient client, String reads, Tasks tasks) {
    this(client, reads, tasks, EXAMINED_MAX);
  }

  DynamoDbDeliveryAttempts(DynamoDbClient client, String reads, Tasks tasks, int examinedMax) {
    this.dynamoDb = new DynamoDb(client, tasks);
    this.reads = reads;
    this.tasks = tasks;
    this.examinedMax = examinedMax;
  }

  @Override
  public void keep(DeliveryAttempt attempt, @Nullable DeliveryMessage message, Instant until) {
    String operation = attempt.operation().orElse(null);
    if (attempt.isUsual()) {
      // One write, as long as it can be: the removal of an operation sweeps what comes late.
      put(listed(Item.keyed(pkOf(attempt), sk(attempt)), attempt, until), message);
      return;
    }
    // The log of an operation that was removed must not come back.
    if (operation != null && dynamoDb.get(reads, operation, OperationItems.OPERATION).isEmpty()) {
      return;
    }
    put(listed(OperationItems.logLine(pkOf(attempt), LogLine.of(attempt)), attempt, until), null);
    if (message != null) {
      put(Item.keyed(pkOf(attempt), sk(attempt)).expiringAt(until), message);
    }
  }

  private static Item listed(Item item, DeliveryAttempt attempt, Instant until) {
    return item.with(ATTEMPT, Codec.text(attempt))
        .with(OperationItems.LISTED_IN, listedIn(attempt))
        .with(OperationItems.LISTED_AT, attempt.position())
        .expiringAt(until);
  }

  private void put(Item item, @Nullable DeliveryMessage message) {
    dynamoDb.putIfAbsent(
        reads,
        message == null
            ? item
            : item.with(MESSAGE, Values.bytes(Gzip.pack(message.after(0).toJson()))));
  }

  @Override
  public Optional<DeliveryMessage> message(DeliveryAttempt attempt) {
    return dynamoDb
        .get(reads, pkOf(attempt), sk(attempt))
        .filter(item -> item.has(MESSAGE))
        .map(item -> QueueBody.storedMessage(item.bytes(MESSAGE)));
  }

  private static String pkOf(DeliveryAttempt attempt) {
    return attempt.operation().orElseGet(() -> ofNoOperation(attempt));
  }

  /** A message is stored once, with the attempt that was accepted first. */
  private static String sk(DeliveryAttempt attempt) {
    return OperationItems.DELIVERED_PREFIX + attempt.messageId();
  }

  private static String ofNoOperation(DeliveryAttempt attempt) {
    return DeliveryMessage.installation(attempt.content())
        .map(key -> pk(key.installation().value()))
        .orElse(pk(attempt.project().value()));
  }

  private static String pk(String id) {
    return LISTED_IN_PREFIX + id;
  }

  private static String listedIn(DeliveryAttempt attempt) {
    return listedIn(
        attempt.project(),
        attempt.outcome().isSuccess(),
        Math.floorMod(attempt.messageId().hashCode(), SHARD_COUNT));
  }

  private static String listedIn(ProjectId project, boolean success, int shard) {
    return LISTED_IN_PREFIX + project.value() + (success ? "#ACCEPTED#" : "#FAILED#") + shard;
  }

  @Override
  public void remove(InstallationId installation) {
    dynamoDb.deleteAll(reads, new DynamoDb.Query(reads, pk(installation.value())));
  }

  @Override
  public Page list(ProjectId project, Filter filter, int limit, @Nullable String pageToken) {
    Limit.check(limit, LIST_MAX);
    String before = pageToken == null ? LAST_POSITION : position(pageToken);
    if (filter.period().until() != null) {
      String until = DeliveryAttempt.positionAt(filter.period().until());
      before = until.compareTo(before) < 0 ? until : before;
    }
    String operation = filter.operation();
    return operation == null
        ? ofProject(project, filter, limit, before)
        : ofOperation(project, operation, filter, limit, before);
  }

  private static String position(String pageToken) {
    String position = PageToken.position(pageToken);
    if (!POSITION.matcher(position).matches()) {
      throw new IllegalArgumentException("not a page token: " + pageToken);
    }
    return position;
  }

  private Page ofOperation(
      ProjectId project, String operation, Filter filter, int limit, String before) {
    NavigableMap<String, DeliveryAttempt> newest = new TreeMap<>();
    for (String prefix : List.of(OperationItems.LOG_PREFIX, OperationItems.DELIVERED_PREFIX)) {
      dynamoDb.query(
          new DynamoDb.Query(reads, operation).beginning(prefix).only(ATTEMPT),
          item -> {
            attempt(item)
                .filter(attempt -> attempt.project().equals(project) && filter.has(attempt))
                .filter(attempt -> attempt.position().compareTo(before) < 0)
                .ifPresent(attempt -> newest.put(attempt.position(), attempt));
            if (newest.size() > limit + 1) {
              newest.pollFirstEntry();
            }
            return true;
          });
    }
    List<DeliveryAttempt> found = List.copyOf(newest.descendingMap().values());
    return found.size() > limit
        ? new Page(found.subList(0, limit), PageToken.of(found.get(limit - 1).position()))
        : new Page(found, null);
  }

  private Page ofProject(ProjectId project, Filter filter, int limit, String start) {
    String since =
        filter.period().since() == null ? "0" : DeliveryAttempt.positionAt(filter.period().since());
    List<DeliveryAttempt> found = new ArrayList<>();
    String before = start;
    for (int examined = 0; ; ) {
      List<Item> keys = keysBefore(project, filter, since, before);
      Map<String, DeliveryAttempt> loaded = load(keys);
      for (Item key : keys) {
        if (found.size() == limit || examined >= examinedMax) {
          return new Page(found, PageToken.of(before));
        }
        examined++;
        before = key.text(OperationItems.LISTED_AT);
        // An item may be removed between the two reads.
        Optional.ofNullable(loaded.get(before)).filter(filter::has).ifPresent(found::add);
      }
      if (keys.size() < EXAMINED_AT_ONCE) {
        return new Page(found, null);
      }
    }
  }

  /** Returns the keys of the newest attempts before a position, newest first. */
  private List<Item> keysBefore(ProjectId project, Filter filter, String since, String before) {
    List<String> lists =
        Stream.of(false, true)
            .filter(success -> filter.success() == null || filter.success().equals(success))
            .flatMap(
                success ->
                    IntStream.range(0, SHARD_COUNT)
                        .mapToObj(shard -> listedIn(project, success, shard)))
            .toList();
    return tasks
        .all(
            lists,
            lists.size(),
            list ->
                since.compareTo(before) > 0
                    ? List.<Item>of()
                    : dynamoDb.query(
                        DynamoDb.Query.ofGlobalIndex(
                                reads, OperationItems.RECENT_INDEX, OperationItems.LISTED_IN, list)
                            .within(OperationItems.LISTED_AT, since, before)
                            .descending(),
                        EXAMINED_AT_ONCE + 1))
        .stream()
        .flatMap(List::stream)
        // The query has the position itself, too.
        .filter(item -> !item.text(OperationItems.LISTED_AT).equals(before))
        .sorted(comparing(item -> item.text(OperationItems.LISTED_AT), reverseOrder()))
        .limit(EXAMINED_AT_ONCE)
        .toList();
  }

  /** Loads attempts by their positions. */
  private Map<String, DeliveryAttempt> load(List<Item> keys) {
    Map<String, DeliveryAttempt> loaded = new TreeMap<>();
    dynamoDb
        .getAll(reads, keys.stream().map(Item::key).toList(), ATTEMPT)
        .forEach(
            item -> attempt(item).ifPresent(attempt -> loaded.put(attempt.position(), attempt)));
    return loaded;
  }

  private static Optional<DeliveryAttempt> attempt(Item item) {
    return item.has(ATTEMPT)
        ? Optional.of(Codec.stored(DeliveryAttempt.class, item.text(ATTEMPT)))
        : Optional.empty();
  }
}
