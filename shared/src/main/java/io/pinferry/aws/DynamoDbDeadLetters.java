package io.pinferry.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.PageToken;
import io.pinferry.base.Tasks;
import io.pinferry.delivery.DeadLetter;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.directory.ProjectId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Dead letters in the Reads table. Each has two items, so that a list need not read bodies. {@code
 * pk} {@code DEAD#<project>}, {@code sk} {@code LETTER#<destination>#<message id>} has the message
 * without its body. {@code pk} {@code DEAD#<project>#<message id>}, {@code sk} {@code BODY} has the
 * whole message in the form of the queue, which is smaller than the limit of an item.
 */
public final class DynamoDbDeadLetters implements DeadLetters {
  /** The most items that one page examines. An item has one or two kilobytes. */
  private static final int EXAMINED_MAX = 5000;

  private static final String LETTER = "LETTER#";
  private static final String BODY_SORT = "BODY";
  private static final String MESSAGE = "message";
  private static final String REASON = "reason";
  private static final String AT = "at";
  private static final String BODY = "body";

  private final DynamoDb dynamoDb;
  private final String reads;
  private final String timers;
  private final int examinedMax;

  /**
   * @param reads the name of the table of reads
   * @param timers the name of the table of timers
   */
  public DynamoDbDeadLetters(DynamoDbClient client, String reads, String timers, Tasks tasks) {
    this(client, reads, timers, tasks, EXAMINED_MAX);
  }

  DynamoDbDeadLetters(
      DynamoDbClient client, String reads, String timers, Tasks tasks, int examinedMax) {
    this.dynamoDb = new DynamoDb(client, tasks);
    this.reads = reads;
    this.timers = timers;
    this.examinedMax = examinedMax;
  }

  @Override
  public void keep(DeliveryMessage message, String reason, Instant at) {
    var withoutBody =
        new DeliveryMessage(
            message.id(),
            message.project(),
            message.content(),
            message.destination(),
            "{}".getBytes(UTF_8));
    Item letter =
        Item.keyed(pk(message.project()), sk(message.destination(), message.id()))
            .with(MESSAGE, new String(withoutBody.toJson(), UTF_8))
            .with(REASON, reason)
            .withMillis(AT, at)
            .expiringAt(at.plus(KEPT));
    Item body =
        Item.keyed(bodyPk(message.project(), message.id()), BODY_SORT)
            .with(BODY, QueueBody.encode(message.after(0).toJson()))
            .expiringAt(at.plus(KEPT));
    dynamoDb.transact(
        List.of(DynamoDb.putInTransaction(reads, letter), DynamoDb.putInTransaction(reads, body)));
  }

  @Override
  public Page list(ProjectId project, Filter filter, int limit, @Nullable String pageToken) {
    String destination = filter.destination();
    String prefix = destination == null ? LETTER : LETTER + destination + "#";
    var query =
        new DynamoDb.Query(reads, pk(project))
            .beginning(prefix)
            .after(pageToken == null ? null : after(project, prefix, pageToken));
    var found = new PageCollector(filter, limit);
    dynamoDb.query(query, found);
    return new Page(found.letters, found.more ? PageToken.of(found.last) : null);
  }

  @Override
  public boolean park(DeadLetter letter, Instant dueAt) {
    Optional<DeliveryMessage> message =
        dynamoDb
            .get(reads, bodyPk(letter.project(), letter.messageId()), BODY_SORT)
            .map(item -> QueueBody.storedMessage(item.text(BODY)));
    if (message.isEmpty()) {
      return false;
    }
    List<TransactWriteItem> writes = new ArrayList<>();
    writes.add(remove(pk(letter.project()), sk(letter.destination(), letter.messageId())));
    writes.add(remove(bodyPk(letter.project(), letter.messageId()), BODY_SORT));
    writes.addAll(
        DynamoDbParkedMessages.writes(reads, timers, message.get().sentAgain(dueAt), dueAt));
    return dynamoDb.transact(writes).isEmpty();
  }

  @Override
  public boolean remove(DeadLetter letter) {
    return dynamoDb
        .transact(
            List.of(
                remove(pk(letter.project()), sk(letter.destination(), letter.messageId())),
                remove(bodyPk(letter.project(), letter.messageId()), BODY_SORT)))
        .isEmpty();
  }

  private TransactWriteItem remove(String pk, String sk) {
    return new ItemWrite(reads, pk, sk).when(ItemWrite.EXISTS).delete();
  }

  private static DeadLetter letter(Item item) {
    DeliveryMessage message = QueueBody.storedMessage(item.text(MESSAGE));
    return new DeadLetter(
        message.id(),
        message.project(),
        message.content(),
        message.destination(),
        item.text(REASON),
        item.millis(AT));
  }

  private static String pk(ProjectId project) {
    return "DEAD#" + project.value();
  }

  private static String sk(String destination, String messageId) {
    return LETTER + destination + "#" + messageId;
  }

  private static String bodyPk(ProjectId project, String messageId) {
    return "DEAD#" + project.value() + "#" + messageId;
  }

  private static Map<String, AttributeValue> after(ProjectId project, String prefix, String token) {
    String sk = PageToken.position(token);
    if (!sk.startsWith(prefix)) {
      throw new IllegalArgumentException("not a page token: " + token);
    }
    return Item.key(pk(project), sk);
  }

  /** Collects the letters of a page until the limit, or the limit of examined items. */
  private final class PageCollector implements Predicate<Item> {
    private final Filter filter;
    private final int limit;
    private final List<DeadLetter> letters = new ArrayList<>();
    private int examined;
    private String last = "";
    private boolean more;

    PageCollector(Filter filter, int limit) {
      this.filter = filter;
      this.limit = limit;
    }

    @Override
    public boolean test(Item item) {
      if (letters.size() == limit || examined == examinedMax) {
        more = true;
        return false;
      }
      examined++;
      last = item.text(Item.SK);
      DeadLetter letter = letter(item);
      if (filter.has(letter)) {
        letters.add(letter);
      }
      return true;
    }
  }
}
