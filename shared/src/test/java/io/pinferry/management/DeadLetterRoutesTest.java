package io.pinferry.management;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.DeliveryTargets;
import io.pinferry.delivery.DirectoryTargets;
import io.pinferry.delivery.DirectoryTroubles;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DestinationTrouble;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProjectId;
import io.pinferry.management.ManagementWorld.Answer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DeadLetterRoutesTest {
  private static final String ALL = "/v1/projects/shop/dead-letters";
  private static final String REDRIVE = ALL + ":redrive";
  private final DeliveringShop shop = new DeliveringShop();
  private final ManagementWorld world = shop.world;
  private final String project = shop.project;
  private final String integration = shop.integration;
  private final String installation = shop.installation;

  private DeliveryMessage message(String id, String destination, String operation) {
    return shop.message(id, destination, operation);
  }

  private void dead(DeliveryMessage message) {
    world.deadLetters.keep(message, "attempt 8 at hook: 500", world.clock.instant());
  }

  private List<String> listed(String query) {
    return world
        .get(ALL + query)
        .body()
        .path("results")
        .valueStream()
        .map(letter -> letter.path("messageId").asText())
        .toList();
  }

  @Test
  void whatIsDeadIsListedWithWhyAndWhereItCameFrom() {
    dead(message("msg_1", "hook", "operation-1"));
    world.deadLetters.keep(
        new DeliveryMessage(
            "msg_2",
            new ProjectId(project),
            new DeliveryMessage.Notice(NotificationType.CONNECTION_ERROR, null),
            "other",
            "{}".getBytes(UTF_8)),
        "attempt 8 at other: 404",
        world.clock.instant());

    JsonNode body = world.get(ALL).body();

    assertThat(body.path("results").path(0).toString())
        .isEqualTo(
            ("{'messageId':'msg_1','destination':'hook','operationId':'operation-1',"
                    + "'integrationId':'"
                    + integration
                    + "','installationId':'"
                    + installation
                    + "','objectName':'boards','reason':'attempt 8 at hook: 500',"
                    + "'createTime':'2026-09-01T08:00:00Z','expireTime':'2026-09-15T08:00:00Z'}")
                .replace('\'', '"'));
    assertThat(body.path("results").path(1).toString())
        .contains("\"notificationType\":\"connection.error\"")
        .doesNotContain("operationId");
    assertThat(body.path("pagination").toString()).isEqualTo("{\"done\":true}");
  }

  @Test
  void theListIsNarrowedAndPaged() {
    dead(message("msg_1", "hook", "operation-1"));
    dead(message("msg_2", "hook", "operation-2"));
    dead(message("msg_3", "other", "operation-1"));

    assertThat(listed("?destination=other")).containsExactly("msg_3");
    assertThat(listed("?operationId=operation-1")).containsExactly("msg_1", "msg_3");
    Answer first = world.get(ALL + "?pageSize=2");
    String token = first.body().at("/pagination/nextPageToken").asText();
    assertThat(first.body().at("/pagination/done").booleanValue()).isFalse();
    assertThat(listed("?pageSize=2&pageToken=" + token.replace("#", "%23")))
        .containsExactly("msg_3");
    assertThat(world.get(ALL + "?pageToken=made-up").issue()).startsWith("pageToken: is none that");
    assertThat(world.get(ALL + "?pageSize=0").status()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "?destination=typo   | destination: is the name of no destination",
        "?operationId=typo   | operationId: is no operation of this project",
        "?destination=       | destination: is empty; leave it out for all",
        "?destinaton=hook    | destinaton: is not known: this request takes destination,",
        "?destination=hook&destination=other | destination: is given more than once",
      })
  void aFilterThatCannotBeMeantIsRefused(String query, String issue) {
    dead(message("msg_1", "hook", "operation-1"));

    Answer answer = world.get(ALL + query);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.issue()).startsWith(issue);
    assertThat(listed("?destination=other")).isEmpty();
    assertThat(world.post(REDRIVE, "{'operationId':'typo'}").issue())
        .startsWith("operationId: is no operation");
  }

  @Test
  void whatIsChosenIsSentAgainOnceUnderItsIdWithAttemptsAnew() {
    dead(message("msg_1", "hook", "operation-1"));
    dead(message("msg_2", "hook", "operation-2"));
    dead(message("msg_3", "other", "operation-1"));

    Answer answer = world.post(REDRIVE, "{'destination':'hook','operationId':'operation-1'}");
    Answer again = world.post(REDRIVE, "{'destination':'hook','messageIds':['msg_1']}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().toString())
        .isEqualTo("{\"redriven\":1,\"left\":[],\"pagination\":{\"done\":true}}");
    assertThat(again.body().path("redriven").intValue()).isZero();
    assertThat(listed("")).containsExactly("msg_2", "msg_3");
    assertThat(shop.released())
        .singleElement()
        .usingRecursiveComparison()
        .isEqualTo(message("msg_1", "hook", "operation-1").sentAgain(world.clock.instant()));
    assertThat(world.post(REDRIVE, "{'messageIds':['msg_3','msg_9']}").body().path("redriven"))
        .hasToString("1");
    assertThat(listed("")).containsExactly("msg_2");
  }

  @Test
  void atMostAsManyAsAreReleasedAtOnceAreSentByARequest() {
    IntStream.range(0, 300).forEach(i -> dead(message("msg_" + i, "hook", "operation-1")));

    Answer first = world.post(REDRIVE, "{'operationId':'operation-1'}");

    assertThat(first.body().path("redriven").intValue()).isEqualTo(256);
    String token = first.body().at("/pagination/nextPageToken").asText();
    assertThat(token).isNotEmpty();
    Answer second =
        world.post(REDRIVE, "{'operationId':'operation-1','pageToken':'" + token + "'}");
    assertThat(second.body().path("redriven").intValue()).isEqualTo(44);
    assertThat(second.body().at("/pagination/done").booleanValue()).isTrue();
  }

  @Test
  void nothingIsSentToADestinationThatWouldNotTakeIt() {
    dead(message("msg_1", "hook", "operation-1"));
    dead(message("msg_2", "gone", "operation-1"));
    new DirectoryTroubles(new DestinationRepository(world.cloud.directory()), world.clock)
        .note(
            new ProjectId(project),
            "hook",
            DestinationTrouble.disabled("answered 410", world.clock.instant()));

    Answer disabled = world.post(REDRIVE, "{'destination':'hook'}");
    Answer gone = world.post(REDRIVE, "{'destination':'gone'}");

    assertThat(disabled.status()).isEqualTo(409);
    assertThat(disabled.text("detail")).contains("hook is disabled").contains("answered 410");
    assertThat(disabled.text("remedy")).contains("change its URL");
    assertThat(gone.status()).isEqualTo(409);
    assertThat(gone.text("detail")).contains("there is no destination gone any more");
    assertThat(listed("")).containsExactly("msg_2", "msg_1");
    assertThat(shop.released()).isEmpty();
  }

  @Test
  void aDestinationThatIsMisspelledIsSaidToBeNone() {
    dead(message("msg_1", "hook", "operation-1"));

    Answer answer = world.post(REDRIVE, "{'destination':'hok'}");

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.issue())
        .isEqualTo("destination: is the name of no destination of this project");
    assertThat(listed("")).containsExactly("msg_1");
  }

  @Test
  void whatWasUninstalledStaysDeadAndIsSaidToBeSo() {
    dead(message("msg_1", "hook", "operation-1"));
    world.delete("/v1/projects/shop/integrations/sync/installations/" + installation);

    Answer answer = world.post(REDRIVE, "{'destination':'hook'}");

    assertThat(answer.body().toString())
        .isEqualTo(
            "{\"redriven\":0,\"left\":[{\"messageId\":\"msg_1\",\"reason\":"
                + "\"the installation is gone\"}],\"pagination\":{\"done\":true}}");
    assertThat(listed("")).containsExactly("msg_1");
    assertThat(shop.released()).isEmpty();
  }

  @Test
  void whatIsPausedStaysDeadUntilThePauseEnds() {
    dead(message("msg_1", "hook", "operation-1"));
    String one = "/v1/projects/shop/integrations/sync/installations/" + installation;
    world.trigger(one + ":pause", "");

    Answer paused = world.post(REDRIVE, "{'destination':'hook'}");
    world.trigger(one + ":unpause", "");
    Answer unpaused = world.post(REDRIVE, "{'destination':'hook'}");

    assertThat(paused.body().path("redriven").intValue()).isZero();
    assertThat(paused.body().at("/left/0/reason").asText()).contains("paused");
    assertThat(unpaused.body().path("redriven").intValue()).isOne();
    assertThat(shop.released()).singleElement().extracting(DeliveryMessage::id).isEqualTo("msg_1");
  }

  @Test
  void whatIsUninstalledBetweenTheRequestAndItsSendingIsNotSent() {
    dead(message("msg_1", "hook", "operation-1"));

    assertThat(world.post(REDRIVE, "{'destination':'hook'}").body().path("redriven").intValue())
        .isOne();
    world.delete("/v1/projects/shop/integrations/sync/installations/" + installation);

    var targets =
        new DirectoryTargets(
            new InstallationRepository(world.cloud.directory()),
            new DestinationRepository(world.cloud.directory()),
            world.secrets,
            world.clock);
    assertThat(shop.released())
        .singleElement()
        .satisfies(
            message ->
                assertThat(targets.find(message))
                    .isEqualTo(new DeliveryTargets.MissingInstallation()));
  }

  @Test
  void anotherProjectsAreNeitherSeenNorSent() {
    dead(message("msg_1", "hook", "operation-1"));
    world.post("/v1/projects", "{'name':'other','appName':'Other','orgId':'org_1'}");
    String elsewhere = ALL.replace("shop", "other");

    assertThat(world.get(elsewhere).body().path("results")).isEmpty();
    assertThat(
            world
                .post(elsewhere + ":redrive", "{'operationId':'operation-1'}")
                .body()
                .path("redriven")
                .intValue())
        .isZero();
    assertThat(listed("")).containsExactly("msg_1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                        | destination: is missing; name the destination",
        "{'destination':7}                         | destination: is a number, but a text",
        "{'messageIds':'msg_1'}                    | messageIds: is a text, but a list",
        "{'destination':'hook','messageIds':[]}    | messageIds: is empty; leave it out for all",
        "{'destination':'hook','all':true}         | all: ",
        "{'destination':'hook','pageToken':'made'} | pageToken: is none that an answer",
      })
  void aRequestThatCannotBeMeantIsRefused(String body, String issue) {
    Answer answer = world.post(REDRIVE, body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.issue()).startsWith(issue);
  }
}
