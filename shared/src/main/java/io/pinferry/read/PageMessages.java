package io.pinferry.read;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Digest;
import io.pinferry.base.Json;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.operation.Operation;
import io.pinferry.operation.Work;
import io.pinferry.pinterest.ListPage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** Makes the messages of one partition's pages, one page at a time. */
final class PageMessages {
  /** The contract's limit for a message, in bytes. */
  static final int MESSAGE_BYTES_MAX = 300_000;

  /** What a link can lead to: an answer of Lambda's has at most 6 MB, in Base64. */
  static final int LINKED_BYTES_MAX = 4_400_000;

  /** A page of 250 pins, of which everything is selected, gives some 600 KB. */
  private static final int RECORDS_BYTES_EXPECTED = 64 * 1024;

  private static final String BEFORE_RECORDS = "},\"result\":[";
  private static final String AFTER_RECORDS = "]}";

  private final Operation operation;
  private final Work.Read spec;
  private final PartitionKey partition;
  private final RecordWriter writer;
  private final Predicate<DeliveryMessage> fits;

  /** The records of one page, then of the next: made once, since a large array costs its zeros. */
  private final ByteSink records = new ByteSink(RECORDS_BYTES_EXPECTED);

  /** The message up to the number of its records. */
  private final byte[] head;

  /** The same of a message whose records are left out. */
  private final byte[] linkedHead;

  private final ContentDigest contents;

  /**
   * @param fits whether the queue takes a message; a part that does not fit is halved
   */
  PageMessages(
      Operation operation,
      Work.Read spec,
      PartitionKey partition,
      RecordWriter writer,
      Predicate<DeliveryMessage> fits) {
    this.operation = operation;
    this.spec = spec;
    this.partition = partition;
    this.writer = writer;
    this.fits = fits;
    this.head = head("inline");
    this.linkedHead = head("url");
    this.contents = new ContentDigest(partition);
  }

  /**
   * What a page is made into.
   *
   * @param messages as few as the limits allow, in the page's order; none without a wanted record
   * @param recordCount how many records are in them
   * @param left what messages leave out, to be kept before they are sent
   */
  record Made(List<DeliveryMessage> messages, int recordCount, List<LeftOut> left) {
    Made(List<DeliveryMessage> messages, int recordCount) {
      this(messages, recordCount, List.of());
    }
  }

  /**
   * The records of a message that is to link to them.
   *
   * @param result a JSON array
   */
  record LeftOut(String message, byte[] result) {}

  /**
   * Makes the page's messages.
   *
   * @throws RecordTooLarge if one record is too large even for a link
   */
  Made of(ListPage page, int pageNumber) throws RecordTooLarge {
    records.clear();
    int[] ends = new int[page.recordCount()];
    int count = 0;
    for (int record = 0; record < page.recordCount(); record++) {
      if (writer.isWanted(page, record)) {
        writer.write(page, record, records);
        ends[count++] = records.length();
      }
    }
    var made = new Made(new ArrayList<>(), count, new ArrayList<>());
    split(records.array(), Arrays.copyOf(ends, count), 0, count, pageNumber, made);
    return made;
  }

  /** Adds messages with the records of a range, each as large as the limit allows. */
  private void split(byte[] records, int[] ends, int from, int to, int pageNumber, Made made)
      throws RecordTooLarge {
    int budget =
        MESSAGE_BYTES_MAX
            - head.length
            - Integer.toString(to).length()
            - BEFORE_RECORDS.length()
            - AFTER_RECORDS.length();
    int start = from;
    while (start < to) {
      int end = start + 1;
      while (end < to && size(ends, start, end + 1) <= budget) {
        end++;
      }
      addHalvedUntilItFits(records, ends, start, end, pageNumber, made);
      start = end;
    }
  }

  private void addHalvedUntilItFits(
      byte[] records, int[] ends, int from, int to, int pageNumber, Made made)
      throws RecordTooLarge {
    DeliveryMessage message = message(records, ends, from, to, pageNumber, made.messages().size());
    if (message.body().length <= MESSAGE_BYTES_MAX && fits.test(message)) {
      made.messages().add(message);
    } else if (to - from == 1) {
      made.left().add(leaveOut(message, records, begin(ends, from), ends[from]));
      made.messages().add(linked(message));
    } else {
      int middle = (from + to) >>> 1;
      addHalvedUntilItFits(records, ends, from, middle, pageNumber, made);
      addHalvedUntilItFits(records, ends, middle, to, pageNumber, made);
    }
  }

  private static LeftOut leaveOut(DeliveryMessage message, byte[] records, int from, int to)
      throws RecordTooLarge {
    int length = to - from + 2;
    if (length > LINKED_BYTES_MAX) {
      throw new RecordTooLarge(length);
    }
    return new LeftOut(
        message.id(), new ByteSink(length).put('[').put(records, from, to).put(']').bytes());
  }

  private DeliveryMessage linked(DeliveryMessage message) {
    var records = (DeliveryMessage.Records) message.content();
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
        new ByteSink(linkedHead.length + 3).put(linkedHead).put("1}}").bytes());
  }

  /** Bytes of a range of records with the commas between them. */
  private static int size(int[] ends, int from, int to) {
    return ends[to - 1] - begin(ends, from) + (to - from - 1);
  }

  private static int begin(int[] ends, int record) {
    return record == 0 ? 0 : ends[record - 1];
  }

  private DeliveryMessage message(
      byte[] records, int[] ends, int from, int to, int pageNumber, int part) {
    String count = Integer.toString(to - from);
    var body =
        new ByteSink(
            head.length
                + count.length()
                + BEFORE_RECORDS.length()
                + size(ends, from, to)
                + AFTER_RECORDS.length());
    body.put(head).put(count).put(BEFORE_RECORDS);
    for (int record = from; record < to; record++) {
      if (record > from) {
        body.put(',');
      }
      body.put(records, begin(ends, record), ends[record]);
    }
    body.put(AFTER_RECORDS);
    String digest = contents.of(records, begin(ends, from), ends[to - 1]);
    String entry = pageNumber + "." + part + "." + digest;
    String id =
        "msg_"
            + Digest.of(partition.operation().value(), partition.partition().value(), entry)
                .hex(16);
    return new DeliveryMessage(
        id,
        operation.project(),
        new DeliveryMessage.Records(
            operation.integration(),
            operation.installation(),
            spec.objectName(),
            new DeliveryMessage.Receipt(
                partition.operation().value(), partition.partition().value(), entry)),
        spec.envelope().destination(),
        body.bytes());
  }

  private byte[] head(String resultType) {
    ObjectNode json = Json.object();
    json.put("action", "read");
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
    json.put("readType", spec.type().text());
    json.putObject("resultInfo").put("type", resultType);
    String text = Json.text(json);
    return (text.substring(0, text.length() - 2) + ",\"numRecords\":").getBytes(UTF_8);
  }

  /** A single record is larger than a message may be, and than a link may lead to. */
  static final class RecordTooLarge extends Exception {
    RecordTooLarge(int bytes) {
      super(
          "one record has "
              + bytes
              + " bytes, more than the "
              + LINKED_BYTES_MAX
              + " that can be delivered");
    }
  }
}
