package io.pinferry.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.delivery.DeliveryAttempt;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.DirectoryTroubles;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DestinationTrouble;
import io.pinferry.directory.ProjectId;
import io.pinferry.management.ManagementWorld.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReplayRoutesTest {
  private static final String REPLAY = "/v1/projects/shop/deliveries:replay";

  private final DeliveringShop shop = new DeliveringShop();
  private final ManagementWorld world = shop.world;
  private final String read = shop.read();

  /** Keeps a message that was accepted, with its content. */
  private DeliveryMessage delivered(String id, String destination, Instant at) {
    DeliveryMessage message = shop.message(id, destination, read);
    keep(message, at, message);
    return message.after(0);
  }

  private void keep(DeliveryMessage message, Instant at, @Nullable DeliveryMessage content) {
    world.deliveryAttempts.keep(
        new DeliveryAttempt(
            message.id(),
            message.project(),
            message.content(),
            message.destination(),
            null,
            1,
            at,
            DeliveryAttempt.Outcome.ACCEPTED,
            true,
            null,
            new DeliveryAttempt.Answer(204, 5, ""),
            null),
        content,
        at.plus(Duration.ofDays(30)));
  }

  private void dead(String id) {
    world.deadLetters.keep(
        shop.message(id, "hook", read), "attempt 8 at hook: 500", world.clock.instant());
  }

  /** Sends a request again with the token of its answer until the end, and returns all answers. */
  private List<Answer> replayAll(String body) {
    List<Answer> answers = new ArrayList<>();
    String token = "";
    do {
      Answer answer =
          world.post(
              REPLAY,
              token.isEmpty() ? body : body.replaceFirst("}$", ",'pageToken':'" + token + "'}"));
      assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
      answers.add(answer);
      token = answer.body().at("/pagination/nextPageToken").asText();
    } while (!token.isEmpty());
    return answers;
  }

  private int replayed(String body) {
    return replayAll(body).stream()
        .mapToInt(answer -> answer.body().path("replayed").asInt())
        .sum();
  }

  private List<String> released() {
    return shop.released().stream().map(DeliveryMessage::id).sorted().toList();
  }

  @Test
  void aDeliveredMessageIsSentAgainAsAReplayUnderItsId() {
    Instant now = world.clock.instant();
    DeliveryMessage message = delivered("msg_1", "hook", now);
    delivered("msg_2", "hook", now);

    assertThat(replayed("{'messageIds':['msg_1']}")).isOne();

    assertThat(shop.released())
        .singleElement()
        .usingRecursiveComparison()
        .isEqualTo(message.replayed(now));
    assertThat(world.get("/v1/projects/shop/operations/" + read + "/logs").body().toString())
        .contains("message 1 of page 1 is sent again to hook, as somebody asked for it");
    assertThat(replayed("{'messageIds':['msg_1']}")).as("again").isOne();
  }

  @Test
  void messagesAreChosenByDestinationOperationAndTime() {
    Instant now = world.clock.instant();
    delivered("msg_1", "hook", now);
    delivered("msg_2", "other", now.plusSeconds(10));
    dead("msg_3");

    assertThat(replayed("{'operationId':'" + read + "'}")).isEqualTo(3);
    assertThat(released()).containsExactly("msg_1", "msg_2", "msg_3");
    assertThat(replayed("{'destination':'other'}")).isOne();
    assertThat(replayed("{'since':'2026-09-01T08:00:01Z'}")).isOne();
    assertThat(replayed("{'until':'2026-09-01T08:00:01Z','destination':'hook'}")).isOne();
    assertThat(replayed("{'until':'2026-09-01T07:00:00Z'}")).isZero();
  }

  @Test
  void onlyWhatWasNotDeliveredCanBeChosen() {
    delivered("msg_1", "hook", world.clock.instant());
    dead("msg_2");
    String request = "{'operationId':'" + read + "','onlyUndelivered':true}";

    assertThat(replayed(request)).isOne();
    assertThat(released()).containsExactly("msg_2");
    assertThat(replayed(request)).isZero();
  }

  @Test
  void everyMessageOfManyIsSentOnce() {
    Instant now = world.clock.instant();
    IntStream.range(0, 300).forEach(i -> delivered("msg_" + i, "hook", now.plusMillis(i)));
    IntStream.range(300, 600).forEach(i -> dead("msg_" + i));

    List<Answer> answers = replayAll("{'destination':'hook'}");

    assertThat(answers)
        .extracting(answer -> answer.body().path("replayed").asInt())
        .containsExactly(256, 44, 256, 44);
  }

  @Test
  void whatCannotBeSentIsNamedWithTheReason() {
    Instant now = world.clock.instant();
    keep(shop.message("msg_1", "hook", read), now, null);
    Answer notKept = replayAll("{'messageIds':['msg_1']}").getLast();
    world.trigger(
        "/v1/projects/shop/integrations/sync/installations/" + shop.installation + ":pause", "");
    delivered("msg_2", "hook", now);
    Answer paused = replayAll("{'messageIds':['msg_2']}").getLast();

    assertThat(notKept.body().toString())
        .isEqualTo(
            "{\"replayed\":0,\"left\":[{\"messageId\":\"msg_1\",\"reason\":\"its content was not"
                + " kept: DeliveryAttempts was not all when it was delivered\"}],"
                + "\"pagination\":{\"done\":true}}");
    assertThat(paused.body().at("/left/0/reason").asText())
        .isEqualTo("the object is paused, or not read any more");
    assertThat(released()).isEmpty();
  }

  @Test
  void nothingIsSentToADisabledDestination() {
    delivered("msg_1", "hook", world.clock.instant());
    new DirectoryTroubles(new DestinationRepository(world.cloud.directory()), world.clock)
        .note(
            new ProjectId(shop.project),
            "hook",
            DestinationTrouble.disabled("answered 410", world.clock.instant()));
    Answer first = world.post(REPLAY, "{'destination':'hook'}");

    Answer second =
        world.post(
            REPLAY,
            "{'destination':'hook','pageToken':'"
                + first.body().at("/pagination/nextPageToken").asText()
                + "'}");

    assertThat(second.status()).isEqualTo(409);
    assertThat(second.text("detail")).contains("hook is disabled");
    assertThat(released()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | {}                          | since: is missing; name the time, the destination,"
            + " the",
        "400 | {'onlyUndelivered':true}    | since: is missing; name the time",
        "422 | {'operationId':'typo'}      | operationId: is no operation of this project",
        "422 | {'destination':'typo','onlyUndelivered':true} | destination: is the name of no",
        "400 | {'messageIds':[]}           | messageIds: is empty; leave it out for all messages",
        "400 | {'since':'soon'}            | since: ",
        "400 | {'destination':'hook','pageToken':'x'} | pageToken: is not a pageToken returned for",
        "400 | {'destination':'hook','all':true}      | all: "
      })
  void whatIsWrongIsNamed(int status, String body, String issue) {
    Answer answer = world.post(REPLAY, body);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.issue()).startsWith(issue);
  }
}
