package io.pinferry.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.delivery.DeliveryAttempt;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProjectId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DeliveryRoutesTest {
  private static final String ALL = "/v1/projects/shop/deliveries";

  private final ManagementWorld world = new ManagementWorld();
  private String project = "";

  @BeforeEach
  void aProjectWithADestination() {
    project = world.project("shop");
    world.destination("hook");
    world.project("other");
  }

  /** Keeps an attempt of a notification about no operation. */
  private void keep(String message, DeliveryAttempt.Outcome outcome, Instant at) {
    boolean success = outcome.isSuccess();
    world.deliveryAttempts.keep(
        new DeliveryAttempt(
            message,
            new ProjectId(project),
            new DeliveryMessage.Notice(
                NotificationType.CONNECTION_ERROR,
                new DeliveryMessage.InstallationKey(
                    new IntegrationId("integration-1"), new InstallationId("installation-1"))),
            "hook",
            null,
            2,
            at,
            outcome,
            true,
            success ? null : "the destination answered 500",
            new DeliveryAttempt.Answer(success ? 204 : 500, 37, success ? "" : "{\"no\": 1}"),
            outcome == DeliveryAttempt.Outcome.FAILED ? at.plusSeconds(5) : null),
        null,
        at.plus(Duration.ofDays(30)));
  }

  private List<String> listed(String query) {
    return world
        .get(ALL + query)
        .body()
        .path("results")
        .valueStream()
        .map(one -> one.path("messageId").asText())
        .toList();
  }

  @Test
  void anAttemptSaysWhatWasAnsweredAndWhatFollows() {
    Instant now = world.clock.instant();
    keep("msg_1", DeliveryAttempt.Outcome.FAILED, now);
    keep("msg_1", DeliveryAttempt.Outcome.ACCEPTED, now.plusSeconds(5));

    JsonNode body = world.get(ALL).body();

    String origin =
        "'messageId':'msg_1','destination':'hook','notificationType':'connection.error',"
            + "'integrationId':'integration-1','installationId':'installation-1','attempt':2,";
    assertThat(body.path("results").path(0).toString())
        .isEqualTo(
            ("{"
                    + origin
                    + "'outcome':'accepted','statusCode':204,'durationMillis':37,"
                    + "'createTime':'2026-09-01T08:00:05Z'}")
                .replace('\'', '"'));
    assertThat(body.path("results").path(1).toString())
        .isEqualTo(
            ("{"
                    + origin
                    + "'outcome':'failed','statusCode':500,'durationMillis':37,"
                    + "'answer':'{\\'no\\': 1}',"
                    + "'reason':'the destination answered 500',"
                    + "'createTime':'2026-09-01T08:00:00Z',"
                    + "'nextAttemptTime':'2026-09-01T08:00:05Z'}")
                .replace('\'', '"'));
    assertThat(body.path("pagination").toString()).isEqualTo("{\"done\":true}");
    assertThat(world.get("/v1/projects/other/deliveries").body().path("results")).isEmpty();
  }

  @Test
  void filtersAndPages() {
    Instant now = world.clock.instant();
    for (int i = 0; i < 5; i++) {
      keep(
          "msg_" + i,
          i % 2 == 0 ? DeliveryAttempt.Outcome.GIVEN_UP : DeliveryAttempt.Outcome.ACCEPTED,
          now.plus(Duration.ofSeconds(i)));
    }

    assertThat(listed("?status=failed")).containsExactly("msg_4", "msg_2", "msg_0");
    assertThat(listed("?status=accepted")).containsExactly("msg_3", "msg_1");
    assertThat(listed("?messageId=msg_3")).containsExactly("msg_3");
    assertThat(listed("?destination=hook")).hasSize(5);
    assertThat(listed("?since=2026-09-01T08:00:01Z&until=2026-09-01T10:00:03%2B02:00"))
        .containsExactly("msg_2", "msg_1");
    JsonNode first = world.get(ALL + "?pageSize=3").body();
    assertThat(first.path("results")).hasSize(3);
    assertThat(first.at("/pagination/done").asBoolean()).isFalse();
    assertThat(listed("?pageSize=3&pageToken=" + first.at("/pagination/nextPageToken").asText()))
        .containsExactly("msg_1", "msg_0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "?status=500               | status: must be failed or accepted",
        "?since=yesterday          | since: must be a time like 2026-09-01T08:00:00Z",
        "?until=                   | until: is empty; leave it out for all",
        "?destination=none         | destination: is the name of no destination of this project",
        "?operationId=x            | operationId: is no operation of this project",
        "?pageSize=0               | pageSize: must be a whole number from 1 to 1000",
        "?pageToken=x              | pageToken: is not a pageToken returned by this list"
      })
  void whatIsWrongIsNamed(String query, String issue) {
    ManagementWorld.Answer answer = world.get(ALL + query);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.issue()).isEqualTo(issue);
  }
}
