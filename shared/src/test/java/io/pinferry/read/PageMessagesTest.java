package io.pinferry.read;

import static io.pinferry.read.ReadFixtures.EVERYTHING;
import static io.pinferry.read.ReadFixtures.fields;
import static io.pinferry.read.ReadFixtures.operation;
import static io.pinferry.read.ReadFixtures.spec;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.PartitionId;
import io.pinferry.operation.Work;
import io.pinferry.pinterest.MalformedPage;
import io.pinferry.read.PageMessages.RecordTooLarge;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PageMessagesTest {
  private static final PartitionKey KEY =
      new PartitionKey(ReadFixtures.OPERATION, PartitionId.of("pins", Map.of()));
  private static final Work.Read PINS = spec("pins", fields("id"));

  private static List<DeliveryMessage> messages(
      Work.Read spec, int page, Predicate<DeliveryMessage> fits, List<String> records)
      throws MalformedPage, RecordTooLarge {
    return batch(spec, page, fits, records).messages();
  }

  private static PageMessages.Batch batch(
      Work.Read spec, int page, Predicate<DeliveryMessage> fits, List<String> records)
      throws MalformedPage, RecordTooLarge {
    String body = "{\"items\":[" + String.join(",", records) + "]}";
    var messages = new PageMessages(operation(spec), KEY, Map.of(), List.of(), fits);
    return messages.of(messages.read(body.getBytes(UTF_8)).records(), page);
  }

  private static List<DeliveryMessage> messages(List<String> records)
      throws MalformedPage, RecordTooLarge {
    return messages(PINS, 1, message -> true, records);
  }

  private static List<String> pins(int count, int noteLength) {
    return IntStream.range(0, count).mapToObj(i -> pin(i, noteLength)).toList();
  }

  private static String pin(int id, int noteLength) {
    return "{\"id\":\"" + id + "\",\"note\":\"" + "n".repeat(noteLength) + "\"}";
  }

  private static JsonNode json(DeliveryMessage message) {
    return Json.trusted(new String(message.body(), UTF_8));
  }

  private static List<String> ids(List<DeliveryMessage> messages) {
    List<String> ids = new ArrayList<>();
    for (DeliveryMessage message : messages) {
      json(message)
          .path("result")
          .forEach(record -> ids.add(record.path("raw").path("id").textValue()));
    }
    return ids;
  }

  @Test
  void aMessageSaysAllThatTheContractWants() throws Exception {
    DeliveryMessage message = messages(pins(2, 0)).getFirst();

    assertThat(json(message))
        .isEqualTo(
            Json.trusted(
                """
                {"action":"read","projectId":"project-1","provider":"pinterest",
                 "groupRef":"g_1","groupName":"Blue \\"Shop\\"","consumerRef":"u_42",
                 "consumerName":"Ana","installationId":"installation-1",
                 "installationUpdateTime":"2026-03-01T11:00:00Z","objectName":"my_pins",
                 "rawObjectName":"pins","operationId":"operation-1",
                 "operationTime":"2026-03-01T12:00:00Z","readType":"scheduled",
                 "resultInfo":{"type":"inline","numRecords":2},
                 "result":[{"fields":{"id":"0"},"raw":{"id":"0","note":""}},
                           {"fields":{"id":"1"},"raw":{"id":"1","note":""}}]}
                """));
    assertThat(message.destination()).isEqualTo("webhook");
    DeliveryMessage.Receipt receipt = message.receipt().orElseThrow();
    assertThat(receipt.operation()).isEqualTo("operation-1");
    assertThat(receipt.partition()).isEqualTo(KEY.partition().value());
    assertThat(receipt.entry()).matches("1\\.0\\.[0-9a-f]{16}");
    assertThat(message.id()).matches("msg_[0-9a-f]{32}");
  }

  @Test
  void aPageWithoutRecordsIsNoMessage() throws Exception {
    assertThat(messages(List.of())).isEmpty();
  }

  @Test
  void recordsThatAreNotWantedAreNotDelivered() throws Exception {
    Work.Read since = spec("pins", EVERYTHING, ReadFixtures.NOON, null);
    List<String> records =
        List.of(
            "{\"id\":\"old\",\"created_at\":\"2026-03-01T11:59:59\"}",
            "{\"id\":\"new\",\"created_at\":\"2026-03-01T12:00:00\"}");

    List<DeliveryMessage> messages = messages(since, 1, message -> true, records);

    assertThat(ids(messages)).containsExactly("new");
    assertThat(json(messages.getFirst()).path("resultInfo").path("numRecords").intValue())
        .isEqualTo(1);
    assertThat(messages(since, 1, message -> true, records.subList(0, 1))).isEmpty();
  }

  @Test
  void aLargePageIsSplitAtTheLimit() throws Exception {
    List<DeliveryMessage> messages = messages(pins(700, 1000));

    assertThat(messages).hasSize(3);
    assertThat(ids(messages))
        .isEqualTo(IntStream.range(0, 700).mapToObj(Integer::toString).toList());
    assertThat(messages)
        .allSatisfy(
            message ->
                assertThat(message.body().length)
                    .isLessThanOrEqualTo(PageMessages.MESSAGE_BYTES_MAX));
    assertThat(messages.subList(0, 2))
        .as("as few messages as the limit allows")
        .allSatisfy(
            message ->
                assertThat(message.body().length)
                    .isGreaterThan(PageMessages.MESSAGE_BYTES_MAX - 1100));
    assertThat(
            messages.stream()
                .map(message -> message.receipt().orElseThrow().entry().split("\\.", -1)[1]))
        .containsExactly("0", "1", "2");
  }

  @Test
  void aMessageMayBeAsLargeAsTheLimitAndNoLarger() throws Exception {
    int envelope = messages(List.of(pin(1, 0))).getFirst().body().length;
    int most = PageMessages.MESSAGE_BYTES_MAX - envelope;

    assertThat(messages(List.of(pin(1, most))).getFirst().body())
        .hasSize(PageMessages.MESSAGE_BYTES_MAX);
    DeliveryMessage linked = messages(List.of(pin(1, most + 1))).getFirst();
    assertThat(linked.content())
        .isInstanceOfSatisfying(
            DeliveryMessage.Records.class, records -> assertThat(records.linked()).isTrue());
    assertThat(linked.body()).hasSizeLessThan(envelope);
  }

  @Test
  void aRecordThatFitsIntoNoMessageIsLeftOutToBeLinkedTo() throws Exception {
    PageMessages.Batch batch =
        batch(PINS, 3, _ -> true, List.of(pin(1, 0), pin(2, 300_000), pin(3, 0)));

    assertThat(batch.recordCount()).isEqualTo(3);
    assertThat(batch.messages()).hasSize(3);
    assertThat(json(batch.messages().get(0)).at("/resultInfo/type").asText()).isEqualTo("inline");
    DeliveryMessage linked = batch.messages().get(1);
    assertThat(json(linked).path("resultInfo").toString())
        .isEqualTo("{\"type\":\"url\",\"numRecords\":1}");
    assertThat(json(linked).has("result")).isFalse();
    assertThat(json(linked).path("rawObjectName").asText()).isEqualTo("pins");
    assertThat(linked.receipt().orElseThrow().entry()).startsWith("3.1.");
    assertThat(batch.linked()).hasSize(1);
    assertThat(batch.linked().getFirst().message()).isEqualTo(linked.id());
    JsonNode result = Json.parse(batch.linked().getFirst().result());
    assertThat(result).hasSize(1);
    assertThat(result.at("/0/raw/id").asText()).isEqualTo("2");
  }

  @Test
  void aRecordThatNoLinkCanLeadToIsTooLarge() {
    assertThatThrownBy(() -> messages(List.of(pin(1, PageMessages.LINKED_BYTES_MAX))))
        .isInstanceOf(RecordTooLarge.class)
        .hasMessageContaining("more than the 4400000 that can be delivered");
  }

  @Test
  void theLimitIsOneOfBytes() throws Exception {
    List<String> records = IntStream.range(0, 400).mapToObj(i -> pin(i, 0)).toList();
    List<String> wide =
        records.stream()
            .map(record -> record.replace("\"\"", "\"" + "é".repeat(500) + "\""))
            .toList();

    List<DeliveryMessage> messages = messages(wide);

    assertThat(messages).hasSize(2);
    assertThat(messages)
        .allSatisfy(
            message ->
                assertThat(message.body().length)
                    .isLessThanOrEqualTo(PageMessages.MESSAGE_BYTES_MAX));
  }

  @Test
  void aMessageThatTheQueueRefusesIsHalved() throws Exception {
    Predicate<DeliveryMessage> atMostTen = message -> json(message).path("result").size() <= 10;

    List<DeliveryMessage> messages = messages(PINS, 3, atMostTen, pins(100, 10));

    assertThat(ids(messages))
        .isEqualTo(IntStream.range(0, 100).mapToObj(Integer::toString).toList());
    assertThat(messages).hasSize(16);
    assertThat(messages).allMatch(atMostTen);
    assertThat(
            messages.stream()
                .map(message -> message.receipt().orElseThrow().entry().split("\\.", -1)[1]))
        .isEqualTo(IntStream.range(0, 16).mapToObj(Integer::toString).toList());
  }

  @Test
  void aSingleRecordThatTheQueueDoesNotTakeIsLeftOut() throws Exception {
    Predicate<DeliveryMessage> notTheSecond = message -> !ids(List.of(message)).contains("1");

    PageMessages.Batch batch = batch(PINS, 1, notTheSecond, pins(3, 0));

    assertThat(ids(batch.messages())).containsExactly("0", "2");
    assertThat(batch.linked()).hasSize(1);
  }

  @Test
  void theSamePageGivesTheSameMessages() throws Exception {
    List<DeliveryMessage> once = messages(pins(700, 1000));
    List<DeliveryMessage> again = messages(pins(700, 1000));

    assertThat(again.stream().map(DeliveryMessage::id))
        .isEqualTo(once.stream().map(DeliveryMessage::id).toList());
    assertThat(again.stream().map(DeliveryMessage::receipt))
        .isEqualTo(once.stream().map(DeliveryMessage::receipt).toList());
    for (int i = 0; i < once.size(); i++) {
      assertThat(again.get(i).body()).isEqualTo(once.get(i).body());
    }
  }

  @Test
  void otherContentHasAnotherId() throws Exception {
    var ids = new HashSet<String>();
    List<DeliveryMessage> different = new ArrayList<>();
    different.addAll(messages(PINS, 1, message -> true, pins(2, 0)));
    different.addAll(messages(PINS, 2, message -> true, pins(2, 0)));
    different.addAll(messages(PINS, 1, message -> true, pins(2, 1)));
    different.addAll(messages(PINS, 1, message -> true, pins(3, 0)));
    different.addAll(messages(PINS, 1, message -> true, pins(3, 0).reversed()));
    different.addAll(messages(spec("pins", fields("note")), 1, message -> true, pins(2, 0)));

    different.forEach(message -> ids.add(message.id()));

    assertThat(different).hasSize(6);
    assertThat(ids).hasSize(6);
  }

  @Test
  void anyOtherByteMakesAnotherId() throws Exception {
    String record = pin(7, 300);
    var ids = new HashSet<String>();
    for (int at = 0; at < 300; at++) {
      int start = record.length() - 2 - at;
      String other = record.substring(0, start - 1) + "N" + record.substring(start);
      ids.add(messages(List.of(other)).getFirst().id());
    }

    assertThat(ids).hasSize(300);
  }

  @Test
  void theSamePageOfAnotherPartitionHasAnotherDigestAndId() throws Exception {
    byte[] body = ("{\"items\":[" + pin(1, 0) + "]}").getBytes(UTF_8);
    var ids = new HashSet<String>();
    var digests = new HashSet<String>();
    for (PartitionKey key :
        List.of(
            KEY,
            new PartitionKey(new OperationId("operation-2"), KEY.partition()),
            new PartitionKey(KEY.operation(), PartitionId.of("pins", Map.of("board_id", "7"))))) {
      var messages = new PageMessages(operation(PINS), key, Map.of(), List.of(), message -> true);
      DeliveryMessage message = messages.of(messages.read(body).records(), 1).messages().getFirst();
      ids.add(message.id());
      digests.add(message.receipt().orElseThrow().entry());
    }

    assertThat(ids).hasSize(3);
    assertThat(digests).hasSize(3);
  }

  @Test
  void partsThatHoldTheSameHaveDifferentIds() throws Exception {
    List<String> same = List.of(pin(1, 0), pin(1, 0));
    Predicate<DeliveryMessage> single = message -> json(message).path("result").size() == 1;

    List<DeliveryMessage> messages = messages(PINS, 1, single, same);

    assertThat(messages).hasSize(2);
    assertThat(messages.get(0).id()).isNotEqualTo(messages.get(1).id());
  }

  @Test
  void aMessageOfTheDeepestPageCanBeReadFromAQueue() throws Exception {
    int most = Json.NESTING_DEPTH_MAX - 3;
    String record = "{\"id\":\"1\",\"x\":" + "[".repeat(most) + "]".repeat(most) + "}";
    DeliveryMessage message =
        messages(spec("pins", EVERYTHING), 1, one -> true, List.of(record)).getFirst();

    assertThat(bodyOf(message)).isEqualTo(message.body());
  }

  @Test
  void aMessageOfLongNamesAndNumbersCanBeReadFromAQueue() throws Exception {
    String record = "{\"id\":\"1\",\"" + "x".repeat(60_000) + "\":" + "7".repeat(2_000) + "}";
    DeliveryMessage message =
        messages(spec("pins", EVERYTHING), 1, one -> true, List.of(record)).getFirst();

    assertThat(bodyOf(message)).isEqualTo(message.body());
  }

  @Test
  void aMessageOfTextThatWasNotUtf8CanBeReadFromAQueue() throws Exception {
    byte[] body = ("{\"items\":[" + pin(1, 100_000) + "]}").getBytes(UTF_8);
    body[1000] = (byte) 0xff;
    var messages = new PageMessages(operation(PINS), KEY, Map.of(), List.of(), message -> true);
    DeliveryMessage message = messages.of(messages.read(body).records(), 1).messages().getFirst();

    assertThat(bodyOf(message)).isEqualTo(message.body());
    assertThat(json(message).at("/result/0/raw/note").textValue()).contains("n\ufffdn");
  }

  private static byte[] bodyOf(DeliveryMessage message) throws IOException {
    return DeliveryMessage.fromJson(message.toJson()).body();
  }
}
