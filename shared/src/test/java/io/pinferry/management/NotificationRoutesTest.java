package io.pinferry.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.management.ManagementWorld.Answer;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NotificationRoutesTest {
  private static final String SHOP = "/v1/projects/shop";
  private static final String TOPICS = SHOP + "/topics";
  private static final String EVENTS = SHOP + "/notification-event-topic-routes";
  private static final String ROUTES = SHOP + "/topic-destination-routes";
  private static final String NOBODY = "00000000-0000-4000-8000-000000000000";

  private final ManagementWorld world = new ManagementWorld();
  private String project;
  private String topic;
  private String destination;

  @BeforeEach
  void aProjectWithATopicAndADestination() {
    project = world.project("shop");
    topic = created(world.post(TOPICS, "{'name':'system-alerts'}"));
    destination =
        created(
            world.post(
                SHOP + "/destinations",
                "{'name':'hook','type':'webhook','metadata':{'url':'https://a.example/'}}"));
  }

  private static String created(Answer answer) {
    assertThat(answer.status()).isEqualTo(201);
    return answer.text("id");
  }

  private Answer route(String eventType) {
    return world.post(EVENTS, "{'eventType':'" + eventType + "','topicId':'" + topic + "'}");
  }

  private Answer lead() {
    return world.post(ROUTES, "{'topicId':'" + topic + "','destinationId':'" + destination + "'}");
  }

  @Test
  void aTopicIsListedAndRenamed() {
    world.clock.advance(Duration.ofSeconds(5));

    Answer renamed = world.patch(TOPICS + "/" + topic, "{'name':'alerts'}");

    assertThat(renamed.status()).isEqualTo(200);
    assertThat(renamed.body().toString())
        .isEqualTo(
            "{\"id\":\""
                + topic
                + "\",\"projectId\":\""
                + project
                + "\",\"name\":\"alerts\",\"createTime\":\"2026-09-01T08:00:00Z\","
                + "\"updateTime\":\"2026-09-01T08:00:05Z\"}");
    assertThat(world.get(TOPICS).body()).hasSize(1);
    assertThat(world.get(TOPICS).body().path(0)).isEqualTo(renamed.body());
    assertThat(created(world.post(TOPICS, "{'name':'system-alerts'}"))).isNotEqualTo(topic);
  }

  @Test
  void aNameIsTakenOnce() {
    created(world.post(TOPICS, "{'name':'other'}"));

    assertThat(world.post(TOPICS, "{'name':'system-alerts'}").status()).isEqualTo(409);
    Answer renamed = world.patch(TOPICS + "/" + topic, "{'name':'other'}");
    assertThat(renamed.status()).isEqualTo(409);
    assertThat(renamed.text("detail")).isEqualTo("there is already a topic named other");
  }

  @Test
  void routesAreListedWithFilters() {
    String done = created(route("read.triggered.done"));
    created(route("connection.error"));
    String led = created(lead());

    assertThat(world.get(EVENTS).body()).hasSize(2);
    assertThat(world.get(EVENTS + "?topicId=" + NOBODY).issue())
        .isEqualTo("topicId: is no topic of this project");
    assertThat(world.get(EVENTS + "?eventType=read.triggered.done&topicId=" + topic).body())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.path("id").asText()).isEqualTo(done);
              assertThat(one.path("eventType").asText()).isEqualTo("read.triggered.done");
              assertThat(one.path("projectId").asText()).isEqualTo(project);
            });
    assertThat(world.get(ROUTES + "?destinationId=" + NOBODY).issue())
        .isEqualTo("destinationId: is no destination of this project");
    assertThat(world.get(ROUTES + "?destinationId=" + destination).body())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.path("id").asText()).isEqualTo(led);
              assertThat(one.path("topicId").asText()).isEqualTo(topic);
            });
  }

  @Test
  void theSameRouteIsMadeOnceAndCanBeMadeAgain() {
    String event = created(route("connection.error"));
    String led = created(lead());

    assertThat(route("connection.error").status()).isEqualTo(409);
    assertThat(lead().status()).isEqualTo(409);

    assertThat(world.delete(EVENTS + "/" + event).status()).isEqualTo(204);
    assertThat(world.delete(ROUTES + "/" + led).status()).isEqualTo(204);
    assertThat(world.delete(EVENTS + "/" + event).status()).isEqualTo(404);
    assertThat(world.delete(ROUTES + "/" + led).status()).isEqualTo(404);
    created(route("connection.error"));
    created(lead());
  }

  @Test
  void routesGoWithTheirTopic() {
    created(route("connection.error"));
    created(lead());

    assertThat(world.delete(TOPICS + "/" + topic).status()).isEqualTo(204);

    assertThat(world.get(TOPICS).body()).isEmpty();
    assertThat(world.get(EVENTS).body()).isEmpty();
    assertThat(world.get(ROUTES).body()).isEmpty();
    assertThat(world.delete(TOPICS + "/" + topic).status()).isEqualTo(404);
    created(world.post(TOPICS, "{'name':'system-alerts'}"));
  }

  @Test
  void routesGoWithTheirDestination() {
    created(lead());

    assertThat(world.delete(SHOP + "/destinations/hook").status()).isEqualTo(204);

    assertThat(world.get(ROUTES).body()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | 400 | name: is missing",
        "{'name':''} | 400 | name: must not be empty",
        "{'name':7} | 400 | name: is a number",
        "{'name':'a','nmae':'b'} | 400 | nmae: is not a known member, did you mean name?",
        "{'name':'a b'} | 422 | name: must be 1 to 64 letters, digits and dashes",
        "{'name':'a_b'} | 422 | name: must be 1 to 64 letters, digits and dashes"
      })
  void wrongTopicsAreRefusedByMember(String body, int status, String issue) {
    for (Answer answer :
        new Answer[] {world.post(TOPICS, body), world.patch(TOPICS + "/" + topic, body)}) {
      assertThat(answer.status()).isEqualTo(status);
      assertThat(answer.issue()).startsWith(issue);
    }
    assertThat(world.get(TOPICS).body()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'topicId':'TOPIC'} | 400 | eventType: is missing",
        "{'eventType':'connection.error'} | 400 | topicId: is missing",
        "{'eventType':'conection.error','topicId':'TOPIC'} | 422"
            + " | eventType: is not a type of notification",
        "{'eventType':'connection.error','topicId':'x'} | 422 | topicId: is no topic",
        "{'eventType':'connection.error','topicId':'" + NOBODY + "'} | 422 | topicId: is no topic"
      })
  void wrongEventRoutesAreRefusedByMember(String body, int status, String issue) {
    Answer answer = world.post(EVENTS, body.replace("TOPIC", topic));

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.issue()).startsWith(issue);
    assertThat(world.get(EVENTS).body()).isEmpty();
  }

  @Test
  void aMistypedEventTypeIsHelpedWith() {
    assertThat(route("conection.error").issue()).endsWith("did you mean connection.error?");
    Answer listed = world.get(EVENTS + "?eventType=conection.error");
    assertThat(listed.status()).isEqualTo(400);
    assertThat(listed.issue()).startsWith("eventType: is not a type of notification");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'destinationId':'HOOK'} | 400 | topicId: is missing",
        "{'topicId':'TOPIC'} | 400 | destinationId: is missing",
        "{'topicId':'" + NOBODY + "','destinationId':'HOOK'} | 404 | topicId: there is no topic",
        "{'topicId':'TOPIC','destinationId':'none'} | 404"
            + " | destinationId: there is no destination none"
      })
  void wrongDestinationRoutesAreRefusedByMember(String body, int status, String detail) {
    Answer answer = world.post(ROUTES, body.replace("TOPIC", topic).replace("HOOK", destination));

    assertThat(answer.status()).isEqualTo(status);
    assertThat(status == 404 ? answer.text("detail") : answer.issue()).startsWith(detail);
    assertThat(world.get(ROUTES).body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", NOBODY})
  void whatIsNotThereCannotBeChanged(String id) {
    assertThat(world.patch(TOPICS + "/" + id, "{'name':'a'}").status()).isEqualTo(404);
    assertThat(world.delete(TOPICS + "/" + id).status()).isEqualTo(404);
    assertThat(world.delete(EVENTS + "/" + id).status()).isEqualTo(404);
    assertThat(world.delete(ROUTES + "/" + id).status()).isEqualTo(404);
  }

  @Test
  void projectsDoNotSeeEachOthersTopics() {
    created(route("connection.error"));
    created(lead());
    world.project("other");
    String other = "/v1/projects/other";

    assertThat(world.get(other + "/topics").body()).isEmpty();
    assertThat(world.delete(other + "/topics/" + topic).status()).isEqualTo(404);
    String route = "{'eventType':'connection.error','topicId':'" + topic + "'}";
    assertThat(world.post(other + "/notification-event-topic-routes", route).status())
        .isEqualTo(422);
    assertThat(
            world
                .post(
                    other + "/topic-destination-routes",
                    "{'topicId':'" + topic + "','destinationId':'" + destination + "'}")
                .status())
        .isEqualTo(404);
    assertThat(world.get(other + "/notification-event-topic-routes").body()).isEmpty();
  }
}
