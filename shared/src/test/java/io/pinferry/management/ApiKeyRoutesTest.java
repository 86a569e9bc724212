package io.pinferry.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Digest;
import io.pinferry.http.Guard;
import io.pinferry.management.ManagementWorld.Answer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ApiKeyRoutesTest {
  private static final String KEYS = "/v1/projects/shop/api-keys";

  private final ManagementWorld world = new ManagementWorld();

  @BeforeEach
  void aProject() {
    world.project("shop");
  }

  @Test
  void aKeyIsShownOnceAndCalledByItsIdAfterwards() {
    Answer created = world.post(KEYS, "{'label':'back end','scopes':['full']}");

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.text("key")).matches("pfk_[A-Za-z0-9_-]{43}");
    assertThat(created.body().path("active").booleanValue()).isTrue();
    String id = created.text("id");
    Answer again = world.get(KEYS + "/" + id);
    assertThat(again.text("key")).isEqualTo(id);
    assertThat(again.text("label")).isEqualTo("back end");
    assertThat(world.get(KEYS).body()).hasSize(1);
    assertThat(world.get(KEYS).body().toString()).doesNotContain(created.text("key"));
    assertThat(world.get(KEYS + "/" + created.text("key")).status()).isEqualTo(404);
  }

  @Test
  void aKeysTextIsKeptNowhere() {
    String text = world.post(KEYS, "{'label':'k'}").text("key");

    String stored =
        world.cloud.directory().list("PROJECTS", "", null, 10).toString()
            + world.cloud.directory().list("API-KEY#" + Digest.sha256Hex(text), "", null, 10);
    assertThat(stored).contains("API-KEY#").doesNotContain(text.substring(4));
  }

  @Test
  void aKeyOpensItsOwnProjectOnly() {
    world.project("other");
    String key = world.post(KEYS, "{'label':'k'}").text("key");

    assertThat(world.send(key, "GET", "/v1/projects/shop", null).status()).isEqualTo(200);
    assertThat(world.send(key, "GET", "/v1/projects/other", null).status()).isEqualTo(404);
    assertThat(world.send(key + "x", "GET", "/v1/projects/shop", null).status()).isEqualTo(401);
  }

  @Test
  void aFrontendKeyCannotManage() {
    String key = world.post(KEYS, "{'label':'page','scopes':['frontend']}").text("key");

    assertThat(world.send(key, "GET", "/v1/projects/shop", null).status()).isEqualTo(200);
    assertThat(world.send(key, "GET", KEYS, null).status()).isEqualTo(403);
    assertThat(world.send(key, "GET", "/v1/projects/shop/destinations", null).status())
        .isEqualTo(403);
  }

  @Test
  void anInactiveKeyOpensNothingUntilItIsActiveAgain() {
    Answer created = world.post(KEYS, "{'label':'k'}");
    String one = KEYS + "/" + created.text("id");

    Answer off = world.patch(one, "{'updateMask':['active'],'apiKey':{'active':false}}");

    assertThat(off.body().path("active").booleanValue()).isFalse();
    assertThat(world.get(KEYS + "?active=true").body()).isEmpty();
    world.post(KEYS, "{'label':'another'}");
    assertThat(world.get(KEYS + "?active=true").body()).hasSize(1);
    assertThat(world.get(KEYS + "?active=false").body()).hasSize(2);
    assertThat(world.send(created.text("key"), "GET", "/v1/projects/shop", null).status())
        .isEqualTo(401);
    world.patch(one, "{'updateMask':['active'],'apiKey':{'active':true}}");
    world.clock.advance(Guard.UNKNOWN_TTL);
    assertThat(world.send(created.text("key"), "GET", "/v1/projects/shop", null).status())
        .isEqualTo(200);
  }

  @Test
  void labelAndScopesCanBeChanged() {
    String one = KEYS + "/" + world.post(KEYS, "{'label':'k'}").text("id");

    Answer answer =
        world.patch(
            one,
            "{'updateMask':['label','scopes'],'apiKey':{'label':'new','scopes':['frontend']}}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("label")).isEqualTo("new");
    assertThat(answer.body().path("scopes").toString()).isEqualTo("[\"frontend\"]");
  }

  @Test
  void aDeletedKeyIsGone() {
    Answer created = world.post(KEYS, "{'label':'k'}");

    assertThat(world.delete(KEYS + "/" + created.text("id")).status()).isEqualTo(204);

    assertThat(world.get(KEYS).body()).isEmpty();
    assertThat(world.delete(KEYS + "/" + created.text("id")).status()).isEqualTo(404);
    assertThat(world.send(created.text("key"), "GET", "/v1/projects/shop", null).status())
        .isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | label: is missing",
        "{'label':''} | label: must not be empty",
        "{'label':'k','scopes':['root']} | scopes[0]: must be full or frontend",
        "{'label':'k','scopes':[]} | scopes: must name at least one of full, frontend",
        "{'label':'k','scopes':[7]} | scopes[0]: is a number, but a text is needed",
        "{'label':'k','key':'pfk_x'} | key: is not a known member"
      })
  void wrongKeysAreRefusedByMember(String body, String issue) {
    Answer answer = world.post(KEYS, body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().path("issues").toString())
        .contains("\"name\":\"" + issue.substring(0, issue.indexOf(':')) + "\"")
        .contains(issue.substring(issue.indexOf(':') + 2));
    assertThat(world.get(KEYS).body()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'updateMask':['key'],'apiKey':{'key':'x'}} | updateMask[0]: cannot be changed",
        "{'updateMask':['active'],'apiKey':{}} | apiKey.active: is missing although",
        "{'updateMask':['label'],'apiKey':{}} | apiKey.label: is missing although",
        "{'updateMask':['scopes'],'apiKey':{}} | apiKey.scopes: is missing although",
        "{'updateMask':['active'],'apiKey':{'active':'no'}} | apiKey.active: is a text, but true",
        "{'updateMask':['scopes'],'apiKey':{'scopes':['x']}} | apiKey.scopes[0]: must be full"
      })
  void wrongChangesAreRefusedByMember(String body, String issue) {
    String one = KEYS + "/" + world.post(KEYS, "{'label':'k'}").text("id");

    Answer answer = world.patch(one, body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.issue()).startsWith(issue);
  }
}
