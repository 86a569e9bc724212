package io.pinferry.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.management.ManagementWorld.Answer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProjectRoutesTest {
  private final ManagementWorld world = new ManagementWorld();

  @Test
  void aNewProjectIsAnsweredInTheContractsShape() {
    Answer answer =
        world.post("/v1/projects", "{'name':'Shop-Prod','appName':'My Shop','orgId':'org_1'}");

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.body().toString())
        .isEqualTo(
            "{\"id\":\""
                + answer.text("id")
                + "\",\"name\":\"shop-prod\",\"appName\":\"My Shop\",\"orgId\":\"org_1\","
                + "\"createTime\":\"2026-09-01T08:00:00Z\"}");
    assertThat(world.get("/v1/projects/shop-prod").body()).isEqualTo(answer.body());
    assertThat(world.get("/v1/projects/" + answer.text("id")).body()).isEqualTo(answer.body());
  }

  @Test
  void onlyTheOperatorCreatesProjects() {
    String id = world.project("shop");
    String key = world.post("/v1/projects/" + id + "/api-keys", "{'label':'k'}").text("key");

    Answer answer =
        world.send(key, "POST", "/v1/projects", "{'name':'more','appName':'M','orgId':'o'}");

    assertThat(answer.status()).isEqualTo(403);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'appName':'A','orgId':'o'} | 400 | name: is missing",
        "{'name':'shop','orgId':'o'} | 400 | appName: is missing",
        "{'name':7,'appName':'A','orgId':'o'} | 400 | name: is a number, but a text is needed",
        "{'name':'shop','appName':'A','colour':'red'} | 400 | colour: is not a known member",
        "{'name':'a','appName':'A','orgId':'o'} | 422 | name: must be 2 to 128 letters",
        "{'name':'-shop','appName':'A','orgId':'o'} | 422 | name: must be 2 to 128 letters",
        "{'name':'my shop','appName':'A','orgId':'o'} | 422 | name: must be 2 to 128 letters",
        "{'name':'0b54b1f0-6c6e-4c0a-8f55-2d0c8b1f9e01','appName':'A'} | 422 | name: must be 2"
      })
  void wrongProjectsAreRefusedByMember(String body, int status, String issue) {
    Answer answer = world.post("/v1/projects", body);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.issue()).startsWith(issue);
    assertThat(world.get("/v1/projects").body()).isEmpty();
  }

  @Test
  void aTakenNameIsAConflict() {
    world.project("shop");

    Answer answer = world.post("/v1/projects", "{'name':'SHOP','appName':'Other','orgId':'org_1'}");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text("detail")).isEqualTo("there is already a project named shop");
  }

  @Test
  void theOperatorSeesAllProjectsAndAKeyItsOwn() {
    String shop = world.project("shop");
    world.project("other");
    String key = world.post("/v1/projects/shop/api-keys", "{'label':'k'}").text("key");

    assertThat(world.get("/v1/projects").body()).hasSize(2);
    Answer own = world.send(key, "GET", "/v1/projects", null);
    assertThat(own.body()).hasSize(1);
    assertThat(own.body().path(0).path("id").asText()).isEqualTo(shop);
  }

  @Test
  void entitlementsAreShownWhenAskedFor() {
    world.project("shop");

    Answer with = world.get("/v1/projects/shop?includeEntitlements=true");

    assertThat(with.body().at("/entitlements/brandingRemoval/value").booleanValue()).isTrue();
    assertThat(with.body().at("/entitlements/logRetentionDays/value").intValue()).isEqualTo(30);
    assertThat(world.get("/v1/projects/shop").body().has("entitlements")).isFalse();
    assertThat(world.get("/v1/projects/shop?includeEntitlements=perhaps").issue())
        .isEqualTo("includeEntitlements: must be true or false");
  }

  @Test
  void onlyNamedMembersChange() {
    world.project("shop");
    world.clock.advance(Duration.ofMinutes(1));

    Answer answer =
        world.patch(
            "/v1/projects/shop",
            "{'updateMask':['appName'],'project':{'appName':'New','name':'ignored'}}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("appName")).isEqualTo("New");
    assertThat(answer.text("name")).isEqualTo("shop");
    assertThat(answer.text("updateTime")).isEqualTo("2026-09-01T08:01:00Z");
  }

  @Test
  void aRenamedProjectKeepsItsIdAndKeys() {
    String id = world.project("shop");
    String key = world.post("/v1/projects/shop/api-keys", "{'label':'k'}").text("key");

    world.patch("/v1/projects/shop", "{'updateMask':['name'],'project':{'name':'Store'}}");

    assertThat(world.send(key, "GET", "/v1/projects/store", null).text("id")).isEqualTo(id);
    assertThat(world.send(key, "GET", "/v1/projects/shop", null).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'project':{}} | 400 | updateMask: is missing",
        "{'updateMask':['orgId'],'project':{}} | 400 | updateMask[0]: cannot be changed",
        "{'updateMask':['name']} | 400 | project: is missing",
        "{'updateMask':['name'],'project':{}} | 400 | project.name: is missing although",
        "{'updateMask':['name'],'project':{'name':'x'}} | 422 | project.name: must be 2 to 128",
        "{'updateMask':['appName'],'project':{'appName':' '}} | 422 | project.appName: must have"
      })
  void wrongChangesAreRefusedByMember(String body, int status, String issue) {
    world.project("shop");

    Answer answer = world.patch("/v1/projects/shop", body);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.issue()).startsWith(issue);
  }

  @Test
  void anUnknownProjectIsNotFound() {
    Answer answer = world.get("/v1/projects/nobody");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text("detail")).isEqualTo("there is no project nobody");
  }

  @Test
  void whatMayPassTheProxyIsChangedAndShown() {
    world.project("shop");

    Answer changed =
        world.patch(
            "/v1/projects/shop",
            "{'updateMask':['proxyAllowed'],'project':{'proxyAllowed':['GET /v5/pins/**','*"
                + " /v5/boards']}}");

    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.body().path("proxyAllowed").toString())
        .isEqualTo("[\"GET /v5/pins/**\",\"* /v5/boards\"]");
    assertThat(world.get("/v1/projects/shop").body().path("proxyAllowed")).hasSize(2);
    world.patch("/v1/projects/shop", "{'updateMask':['appName'],'project':{'appName':'Other'}}");
    assertThat(world.get("/v1/projects/shop").body().path("proxyAllowed")).hasSize(2);
    Answer wrong =
        world.patch(
            "/v1/projects/shop",
            "{'updateMask':['proxyAllowed'],'project':{'proxyAllowed':['GET /v5/pins','GET"
                + " pins']}}");
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.issue()).startsWith("project.proxyAllowed[1]: must be a method or *");
    world.patch(
        "/v1/projects/shop", "{'updateMask':['proxyAllowed'],'project':{'proxyAllowed':[]}}");
    assertThat(world.get("/v1/projects/shop").body().has("proxyAllowed")).isFalse();
  }
}
