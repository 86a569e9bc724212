package io.pinferry.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.management.ManagementWorld.Answer;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The routes for older clients and the dashboard. */
final class SmallRoutesTest {
  private final ManagementWorld world = new ManagementWorld();
  private String project = "";

  @BeforeEach
  void aProject() {
    project = world.project("shop");
  }

  @Test
  void groupsAndConsumersOfOlderClientsAreTaken() {
    Answer group =
        world.post("/v1/projects/shop/groups", "{'groupRef':'g1','groupName':'Blue Shop'}");
    Answer consumer = world.post("/v1/projects/shop/consumers", "{'consumerRef':'u1'}");

    assertThat(group.status()).isEqualTo(201);
    assertThat(group.text("groupName")).isEqualTo("Blue Shop");
    assertThat(group.text("projectId")).isEqualTo(project);
    assertThat(consumer.status()).isEqualTo(201);
    assertThat(consumer.text("consumerName")).isEqualTo("u1");
    assertThat(consumer.text("createTime")).isEqualTo("2026-09-01T08:00:00Z");
  }

  @Test
  void aGroupWithoutARefIsRefused() {
    assertThat(world.post("/v1/projects/shop/groups", "{'groupName':'x'}").issue())
        .isEqualTo("groupRef: is missing");
  }

  @Test
  void aKeyStandsForABuilder() {
    Answer made = world.post("/v1/projects/shop/api-keys", "{'label':'ci'}");
    world.project("other");
    world.clock.advance(Duration.ofHours(1));

    JsonNode own = world.send(made.text("key"), "GET", "/v1/my-info", null).body();
    JsonNode operator = world.get("/v1/my-info").body();

    assertThat(own.at("/builder/id").asText()).isEqualTo(made.text("id"));
    assertThat(own.at("/builder/createTime").asText()).isEqualTo("2026-09-01T08:00:00Z");
    assertThat(own.path("projectRoles")).hasSize(1);
    assertThat(own.at("/projectRoles/" + project + "/project/name").asText()).isEqualTo("shop");
    assertThat(operator.path("projectRoles")).hasSize(2);
    assertThat(own.toString()).doesNotContain(made.text("key"));
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /v1/orgs, no organisations",
    "GET, /v1/orgs/o1/invites/i1, no organisations",
    "POST, /v1/invites:accept, no organisations",
    "GET, /v1/orgs/o1/billingAccount, no plans and bills",
    "GET, /v1/claimed-domains, no claimed domains",
    "POST, /v1/custom-auth/connect, POST /v1/oauth-connect"
  })
  void whatOnlyTheHostedServiceHasIsSaidToBeAbsent(String method, String path, String says) {
    Answer answer = world.send(ManagementWorld.ADMIN_KEY, method, path, "{}");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.body().toString()).contains(says);
    assertThat(answer.text("remedy")).isNotEmpty();
  }

  @Test
  void searchesAndDeliveriesOnRequestAreRefusedInPlainWords() {
    Answer search =
        world.trigger(
            "/v1/projects/shop/integrations/sync?groupRef=g",
            "{'objectName':'boards','fieldFilters':[]}");
    Answer deliver =
        world.trigger(
            "/v1/projects/shop/integrations/sync/objects/boards:deliverResults",
            "{'groupRef':'g','pages':1}");

    assertThat(search.status()).isEqualTo(422);
    assertThat(search.issue()).contains("cannot be searched");
    assertThat(deliver.status()).isEqualTo(422);
    assertThat(deliver.issue()).contains("delivered as they are read");
  }
}
