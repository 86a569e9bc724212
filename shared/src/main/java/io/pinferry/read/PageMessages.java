package io.pinferry.read;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Digest;
import io.pinferry.base.Json;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.operation.Operation;
import io.pinferry.operation.Work;
import io.pinferry.pinterest.ListPage;
import io.pinferry.pinterest.MalformedPage;
import io.pinferry.pinterest.PageRecord;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Turns the pages of one partition into messages, one page at a time. */
public final class PageMessages {
  /** The contract's limit for a message, in bytes. */
  static final int MESSAGE_BYTES_MAX = 300_000;

  /** The most bytes behind a link: an answer of Lambda has at most 6 MB, in Base64. */
  static final int LINKED_BYTES_MAX = 4_400_000;

  private static final byte[] BEFORE_RECORDS = "},\"result\":[".getBytes(UTF_8);
  private static final byte[] AFTER_RECORDS = "]}".getBytes(UTF_8);

  private static final byte[] DELETION =
      "{\"subscribeEventType\":\"delete\",\"id\":".getBytes(UTF_8);

  private final Operation operation;
  private final Work.Read spec;
  private final PartitionKey partition;
  private final RecordWriter writer;
  private final Predicate<DeliveryMessage> fits;

  /** Whether the records are deleted ones. */
  private final boolean ofDeletions;

  /** The message up to the number of its records. */
  private final byte[] head;

  /** The same for a message that links to its records. */
  private final byte[] linkedHead;

  /**
   * @param parameters the parameters of the partition; empty without a fan-out
   * @param membersNeeded further dotted members to find in each record; see {@link #text}
   * @param fits returns whether the queue accepts a message; a message that does not fit is halved
   */
  public PageMessages(
      Operation operation,
      PartitionKey partition,
      Map<String, String> parameters,
      Collection<String> membersNeeded,
      Predicate<DeliveryMessage> fits) {
    this(operation, partition, parameters, membersNeeded, fits, false);
  }

  private PageMessages(
      Operation operation,
      PartitionKey partition,
      Map<String, String> parameters,
      Collection<String> membersNeeded,
      Predicate<DeliveryMessage> fits,
      boolean ofDeletions) {
    this.operation = operation;
    this.spec = operation.read();
    this.partition = partition;
    this.writer = new RecordWriter(spec, parameters, membersNeeded);
    this.fits = fits;
    this.ofDeletions = ofDeletions;
    this.head = head("inline");
    this.linkedHead = head("url");
  }

  /** Makes messages about deleted records, which have their key only. */
  static PageMessages ofDeletions(
      Operation operation, PartitionKey partition, Predicate<DeliveryMessage> fits) {
    return new PageMessages(operation, partition, Map.of(), List.of(), fits, true);
  }

  /**
   * The messages of a page.
   *
   * @param messages as few as the limits allow, in the order of the page
   * @param recordCount the records in all messages
   * @param linked the records behind links; they must be stored before the messages are sent
   */
  public record Batch(List<DeliveryMessage> messages, int recordCount, List<LinkedRecords> linked) {
    Batch(List<DeliveryMessage> messages, int recordCount) {
      this(messages, recordCount, List.of());
    }
  }

  /**
   * The records behind the link of a message.
   *
   * @param result a JSON array
   */
  public record LinkedRecords(String message, byte[] result) {}

  /**
   * Reads a page.
   *
   * @param body the answer of Pinterest
   */
  public ListPage read(byte[] body) throws MalformedPage {
    return ListPage.read(body, writer.paths());
  }

  /** Returns the values of the members that identify a record. */
  List<String> keyOf(PageRecord record) {
    return writer.keyOf(record);
  }

  /** Returns a dotted member of a record as text; it must be one of the needed members. */
  Optional<String> text(PageRecord record, String member) {
    return writer.text(record, member);
  }

  /**
   * Makes a page's messages.
   *
   * @param page the records to deliver
   * @throws RecordTooLarge if one record is too large even for a link
   */
  public Batch of(List<PageRecord> page, int pageNumber) throws RecordTooLarge {
    List<byte[]> records = new ArrayList<>();
    for (PageRecord record : page) {
      if (writer.isWanted(record)) {
        records.add(ofDeletions ? deletion(record) : writer.write(record));
      }
    }
    var batch = new Batch(new ArrayList<>(), records.size(), new ArrayList<>());
    split(records, pageNumber, batch);
    return batch;
  }

  /** Returns a deleted record, with the words that the contract has for one. */
  private byte[] deletion(PageRecord record) {
    var json = new ByteArrayOutputStream();
    json.writeBytes(DELETION);
    json.writeBytes(Json.bytes(Json.object().textNode(keyOf(record).getFirst())));
    json.write(',');
    byte[] written = writer.write(record);
    json.write(written, 1, written.length - 1);
    return json.toByteArray();
  }

  /** Adds messages with the records. Each is as large as the limit allows. */
  private void split(List<byte[]> records, int pageNumber, Batch batch) throws RecordTooLarge {
    int start = 0;
    while (start < records.size()) {
      int end = start + 1;
      int bytes = bodyBytes(records.size()) + records.get(start).length;
      while (end < records.size() && bytes + 1 + records.get(end).length <= MESSAGE_BYTES_MAX) {
        bytes += 1 + records.get(end).length;
        end++;
      }
      addHalvedUntilItFits(records.subList(start, end), pageNumber, batch);
      start = end;
    }
  }

  /** Returns the bytes of a body without its records and the commas between them. */
  private int bodyBytes(int recordCount) {
    return head.length
        + Integer.toString(recordCount).length()
        + BEFORE_RECORDS.length
        + AFTER_RECORDS.length;
  }

  private void addHalvedUntilItFits(List<byte[]> records, int pageNumber, Batch batch)
      throws RecordTooLarge {
    DeliveryMessage message = message(records, pageNumber, batch.messages().size());
    if (message.body().length <= MESSAGE_BYTES_MAX && fits.test(message)) {
      batch.messages().add(message);
    } else if (records.size() == 1) {
      batch.linked().add(linkedRecords(message, records.getFirst()));
      batch.messages().add(linked(message));
    } else {
      int middle = records.size() / 2;
      addHalvedUntilItFits(records.subList(0, middle), pageNumber, batch);
      addHalvedUntilItFits(records.subList(middle, records.size()), pageNumber, batch);
    }
  }

  private static LinkedRecords linkedRecords(DeliveryMessage message, byte[] record)
      throws RecordTooLarge {
    int length = record.length + 2;
    if (length > LINKED_BYTES_MAX) {
      throw new RecordTooLarge(length);
    }
    var result = new ByteArrayOutputStream(length);
    result.write('[');
    result.writeBytes(record);
    result.write(']');
    return new LinkedRecords(message.id(), result.toByteArray());
  }

  private DeliveryMessage linked(DeliveryMessage message) {
    var records = (DeliveryMessage.Records) message.content();
    var body = new ByteArrayOutputStream();
    body.writeBytes(linkedHead);
    body.writeBytes("1}}".getBytes(UTF_8));
    return new DeliveryMessage(
        message.id(),
        message.project(),
        new DeliveryMessage.Records(
            records.integration(),
            records.installation(),
            records.objectName(),
            records.receipt(),
            true),
        message.destination(),
        body.toByteArray());
  }

  /** Returns the id of the message of an entry. */
  static String idOf(PartitionKey partition, String entry) {
    return "msg_"
        + Digest.of(partition.operation().value(), partition.partition().value(), entry).hex(16);
  }

  private DeliveryMessage message(List<byte[]> records, int pageNumber, int part) {
    String entry = pageNumber + "." + part + "." + digest(records);
    return new DeliveryMessage(
        idOf(partition, entry),
        operation.project(),
        new DeliveryMessage.Records(
            operation.integration(),
            operation.installation(),
            spec.objectName(),
            new DeliveryMessage.Receipt(
                partition.operation().value(), partition.partition().value(), entry)),
        spec.envelope().destination(),
        body(records));
  }

  private byte[] body(List<byte[]> records) {
    int recordBytes = records.stream().mapToInt(record -> record.length).sum();
    int commas = records.size() - 1;
    ByteBuffer body = ByteBuffer.allocate(bodyBytes(records.size()) + recordBytes + commas);
    body.put(head).put(Integer.toString(records.size()).getBytes(UTF_8)).put(BEFORE_RECORDS);
    for (int i = 0; i < records.size(); i++) {
      if (i > 0) {
        body.put((byte) ',');
      }
      body.put(records.get(i));
    }
    return body.put(AFTER_RECORDS).array();
  }

  /**
   * Returns 8 bytes of a digest of records in hexadecimal. The digest covers operation and
   * partition too. A person who writes records at Pinterest does not know them, so cannot make two
   * contents collide.
   */
  private String digest(List<byte[]> records) {
    Digest digest = Digest.of(partition.operation().value(), partition.partition().value());
    records.forEach(digest::and);
    return digest.hex(8);
  }

  private byte[] head(String resultType) {
    ObjectNode json = Json.object();
    json.put("action", ofDeletions ? "subscribe" : "read");
    json.put("projectId", operation.project().value());
    json.put("provider", "pinterest");
    json.put("groupRef", spec.customer().group().ref());
    json.put("groupName", spec.customer().group().name());
    json.put("consumerRef", spec.customer().consumer().ref());
    json.put("consumerName", spec.customer().consumer().name());
    json.put("installationId", operation.installation().value());
    json.put("installationUpdateTime", spec.envelope().installationUpdatedAt().toString());
    json.put("objectName", spec.envelope().objectName());
    json.put("rawObjectName", spec.objectName());
    json.put("operationId", operation.id().value());
    json.put("operationTime", operation.startedAt().toString());
    if (!ofDeletions) {
      json.put("readType", spec.type().text());
    }
    json.putObject("resultInfo").put("type", resultType);
    String text = Json.text(json);
    return (text.substring(0, text.length() - 2) + ",\"numRecords\":").getBytes(UTF_8);
  }

  /** A single record is too large even for a link. */
  public static final class RecordTooLarge extends Exception {
    RecordTooLarge(int bytes) {
      super(
          "one record has %s bytes, more than the %s that can be delivered"
              .formatted(bytes, LINKED_BYTES_MAX));
    }
  }
}
