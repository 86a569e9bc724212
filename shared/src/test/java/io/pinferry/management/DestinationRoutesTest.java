package io.pinferry.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.directory.DestinationSecret;
import io.pinferry.management.ManagementWorld.Answer;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DestinationRoutesTest {
  private static final String DESTINATIONS = "/v1/projects/shop/destinations";
  private static final String HOOK =
      "{'name':'hook','type':'webhook','metadata':{'url':'https://hooks.example.com/a',"
          + "'headers':{'Authorization':'Bearer canary-value'}}}";

  private final ManagementWorld world = new ManagementWorld();

  @BeforeEach
  void aProject() {
    world.project("shop");
  }

  @Test
  void creationAnswersWithoutSecrets() {
    Answer created = world.post(DESTINATIONS, HOOK);

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.body().toString())
        .isEqualTo(
            "{\"id\":\""
                + created.text("id")
                + "\",\"name\":\"hook\",\"createTime\":\"2026-09-01T08:00:00Z\","
                + "\"type\":\"webhook\","
                + "\"metadata\":{\"url\":\"https://hooks.example.com/a\"}}");
    assertThat(world.get(DESTINATIONS + "/hook").body()).isEqualTo(created.body());
    assertThat(world.get(DESTINATIONS + "/" + created.text("id")).body()).isEqualTo(created.body());
    assertThat(world.get(DESTINATIONS).body()).hasSize(1);
    assertThat(world.get(DESTINATIONS).body().path(0)).isEqualTo(created.body());
  }

  @Test
  void secretsAreShownWhenAskedFor() {
    world.post(DESTINATIONS, HOOK);

    Answer answer = world.get(DESTINATIONS + "/hook?includeSecrets=true");

    String key = answer.body().at("/secrets/webhookSigningKey").asText();
    assertThat(key).startsWith("whsec_");
    assertThat(Base64.getDecoder().decode(key.substring(6))).hasSize(32);
    assertThat(answer.body().at("/metadata/headers/Authorization").asText())
        .isEqualTo("Bearer canary-value");
  }

  @Test
  void secretsAreKeptInTheSecretStoreOnly() {
    String id = world.project("other");
    world.post("/v1/projects/other/destinations", HOOK);

    assertThat(world.cloud.directory().list("PROJECT#" + id, "", null, 100).toString())
        .contains("https://hooks.example.com/a")
        .doesNotContain("canary-value")
        .doesNotContain("whsec_");
    assertThat(world.secrets.names()).singleElement().asString().startsWith("destination/");
  }

  @Test
  void aHostThatNobodyKnowsIsTold() {
    Answer created =
        world.post(
            DESTINATIONS,
            "{'name':'typo','type':'webhook','metadata':{'url':'https://no-such.example.com/'}}");

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.body().at("/trouble/reason").asText()).contains("host is not known");
    assertThat(created.body().at("/trouble/disabled").booleanValue()).isFalse();
    Answer mended =
        world.patch(
            DESTINATIONS + "/typo",
            "{'updateMask':['metadata.url'],'destination':{'metadata':{'url':"
                + "'https://hooks.example.com/'}}}");
    assertThat(mended.body().has("trouble")).isFalse();
  }

  @Test
  void headersAreBoundedTogether() {
    var headers = new StringBuilder();
    for (int i = 0; i < 18; i++) {
      headers.append(i == 0 ? "" : ",").append("'x-").append(i).append("':'");
      headers.append("v".repeat(4_000)).append("'");
    }

    Answer answer =
        world.post(
            DESTINATIONS,
            "{'name':'wide','type':'webhook','metadata':{'url':'https://hooks.example.com/',"
                + "'headers':{"
                + headers
                + "}}}");

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.issue()).startsWith("metadata.headers: have 72062 characters together");
    assertThat(world.secrets.names()).isEmpty();
  }

  @Test
  void aGetDoesNotRotateTheKey() {
    world.post(DESTINATIONS, HOOK);
    String old = key(world.get(DESTINATIONS + "/hook?includeSecrets=true&rotate=false"));

    Answer refused = world.get(DESTINATIONS + "/hook?includeSecrets=true&rotate=true");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.issue()).startsWith("rotate: changes").contains(":rotateKey");
    assertThat(key(world.get(DESTINATIONS + "/hook?includeSecrets=true"))).isEqualTo(old);
  }

  @Test
  void aRotatedKeyIsValidBesideTheOldOneForAWhile() {
    world.post(DESTINATIONS, HOOK);
    String old = key(world.get(DESTINATIONS + "/hook?includeSecrets=true"));

    String rotated = key(world.post(DESTINATIONS + "/hook:rotateKey", ""));

    assertThat(rotated).isNotEqualTo(old);
    assertThat(key(world.get(DESTINATIONS + "/hook?includeSecrets=true"))).isEqualTo(rotated);
    String name = world.secrets.names().iterator().next();
    var secret = DestinationSecret.of(world.secrets.find(name).orElseThrow().value());
    assertThat(secret.validKeys(world.clock.instant()))
        .extracting(one -> one.text().value())
        .containsExactly(rotated, old);
    world.clock.advance(Duration.ofHours(24));
    assertThat(secret.validKeys(world.clock.instant()))
        .extracting(one -> one.text().value())
        .containsExactly(rotated);
    assertThat(secret.headers()).containsOnlyKeys("Authorization");
  }

  private static String key(Answer answer) {
    return answer.body().at("/secrets/webhookSigningKey").asText();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'type':'webhook','metadata':{'url':'https://a.example'}} | 400 | name: is missing",
        "{'name':'h','metadata':{'url':'https://a.example'}} | 400 | type: is missing",
        "{'name':'h','type':'webhook'} | 400 | metadata: is missing",
        "{'name':'h','type':'webhook','metadata':{}} | 422 | metadata.url: is missing",
        "{'name':'h','type':'webhook','metadata':{'url':5}} | 400 | metadata.url: is a number",
        "{'name':'h','type':'webhook','metadata':{'url':'http://a.example'}} | 422"
            + " | metadata.url: must begin with https://",
        "{'name':'h','type':'webhook','metadata':{'url':'https://10.0.0.1'}} | 422"
            + " | metadata.url: leads to a private",
        "{'name':'h','type':'webhook','metadata':{'url':'https://0x7f.1/'}} | 422"
            + " | metadata.url: has an oddly written IP address",
        "{'name':'h','type':'webhook','metadata':{'url':'https://u:p@a.example'}} | 422"
            + " | metadata.url: must not hold a user name",
        "{'name':'h h','type':'webhook','metadata':{'url':'https://a.example'}} | 422"
            + " | name: must be 1 to 64 letters",
        "{'name':'h','type':'kinesis','metadata':{'streamName':'s'}} | 422"
            + " | type: is not available in this version of Pinferry",
        "{'name':'h','type':'pigeon','metadata':{}} | 422 | type: is not a type of destination",
        "{'name':'h','type':'webhook','metadata':{'url':'https://a.example',"
            + "'headers':{'Host':'x'}}} | 422"
            + " | metadata.headers.Host: is set by the connection",
        "{'name':'h','type':'webhook','metadata':{'url':'https://a.example',"
            + "'headers':{'webhook-id':'x'}}} | 422"
            + " | metadata.headers.webhook-id: is set by the signature",
        "{'name':'h','type':'webhook','metadata':{'url':'https://a.example',"
            + "'headers':{'a b':'x'}}} | 422 | metadata.headers.a b: is no header name",
        "{'name':'h','type':'webhook','metadata':{'url':'https://a.example',"
            + "'headers':{'x-a':'1\\r\\nx: y'}}} | 422 | metadata.headers.x-a: has a value that",
        "{'name':'h','type':'webhook','metadata':{'url':'https://a.example',"
            + "'headers':{'x-a':'1','X-A':'2'}}} | 422"
            + " | metadata.headers.X-A: is there twice",
        "{'name':'h','type':'webhook','metadata':{'url':'https://a.example',"
            + "'headers':{'x-a':1}}} | 400 | metadata.headers.x-a: must be a text"
      })
  void wrongDestinationsAreRefusedByMember(String body, int status, String issue) {
    Answer answer = world.post(DESTINATIONS, body);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.issue()).startsWith(issue);
    assertThat(world.get(DESTINATIONS).body()).isEmpty();
    assertThat(world.secrets.names()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "::1",
        "fd00:ec2::254",
        "fe80::1",
        "64:ff9b::a00:1",
        "2002:a00:1::"
      })
  void aNameThatLeadsIntoANetworkOfOursIsRefusedWhenItIsGiven(String address) {
    world.hosts.then("own.example.com", "93.184.215.14", address);
    String issue = "metadata.url: leads to a private, loopback, link-local or reserved address";

    Answer created = world.post(DESTINATIONS, HOOK.replace("hooks.example", "own.example"));
    world.post(DESTINATIONS, HOOK);
    Answer changed =
        world.patch(
            DESTINATIONS + "/hook",
            "{'updateMask':['metadata.url'],'destination':{'metadata':{'url':'https://own.example.com'}}}");

    assertThat(created.status()).isEqualTo(422);
    assertThat(created.issue()).isEqualTo(issue);
    assertThat(changed.status()).isEqualTo(422);
    assertThat(changed.issue()).isEqualTo("destination." + issue);
    assertThat(world.get(DESTINATIONS + "/hook").body().at("/metadata/url").asText())
        .isEqualTo("https://hooks.example.com/a");
  }

  @Test
  void aTakenNameIsAConflictAndLeavesNoSecretBehind() {
    world.post(DESTINATIONS, HOOK);

    Answer second = world.post(DESTINATIONS, HOOK);

    assertThat(second.status()).isEqualTo(409);
    assertThat(second.text("detail")).isEqualTo("there is already a destination named hook");
    assertThat(world.secrets.names()).hasSize(1);
  }

  @Test
  void urlNameAndHeadersCanBeChanged() {
    String id = world.post(DESTINATIONS, HOOK).text("id");

    Answer answer =
        world.patch(
            DESTINATIONS + "/" + id,
            "{'updateMask':['name','metadata.url','metadata.headers'],'destination':{'name':'new',"
                + "'metadata':{'url':'https://b.example/','headers':{'x-key':'k'}}}}");

    assertThat(answer.status()).isEqualTo(200);
    Answer now = world.get(DESTINATIONS + "/new?includeSecrets=true");
    assertThat(now.body().at("/metadata/url").asText()).isEqualTo("https://b.example/");
    assertThat(now.body().at("/metadata/headers").toString()).isEqualTo("{\"x-key\":\"k\"}");
    assertThat(world.get(DESTINATIONS + "/hook").status()).isEqualTo(404);
  }

  @Test
  void headersStayWhenOnlyTheUrlChanges() {
    world.post(DESTINATIONS, HOOK);

    world.patch(
        DESTINATIONS + "/hook",
        "{'updateMask':['metadata'],'destination':{'metadata':{'url':'https://b.example/'}}}");

    Answer now = world.get(DESTINATIONS + "/hook?includeSecrets=true");
    assertThat(now.body().at("/metadata/url").asText()).isEqualTo("https://b.example/");
    assertThat(now.body().at("/metadata/headers").size()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'updateMask':['type'],'destination':{'type':'s3'}} | 400 | updateMask[0]: cannot be",
        "{'updateMask':['metadata.url'],'destination':{'metadata':{}}} | 400"
            + " | destination.metadata.url: is missing although",
        "{'updateMask':['metadata','metadata.url'],'destination':{'metadata':{}}} | 400"
            + " | destination.metadata.url: is missing although",
        "{'updateMask':['metadata.url'],'destination':{'metadata':{'url':'https://[::1]'}}} | 422"
            + " | destination.metadata.url: leads to a private",
        "{'updateMask':['name'],'destination':{'name':'a b'}} | 422 | destination.name: must be",
        "{'updateMask':['metadata.headers'],'destination':{'metadata':{'headers':{'te':'x'}}}}"
            + " | 422 | destination.metadata.headers.te: is set by the connection"
      })
  void wrongChangesAreRefusedByMember(String body, int status, String issue) {
    world.post(DESTINATIONS, HOOK);

    Answer answer = world.patch(DESTINATIONS + "/hook", body);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.issue()).startsWith(issue);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDeletedDestinationIsGoneWithItsSecret(boolean byName) {
    String id = world.post(DESTINATIONS, HOOK).text("id");

    assertThat(world.delete(DESTINATIONS + "/" + (byName ? "hook" : id)).status()).isEqualTo(204);

    assertThat(world.get(DESTINATIONS + "/hook").status()).isEqualTo(404);
    assertThat(world.secrets.names()).isEmpty();
  }

  @Test
  void anotherProjectsDestinationIsNotFound() {
    world.project("other");
    String id = world.post(DESTINATIONS, HOOK).text("id");

    Answer answer = world.get("/v1/projects/other/destinations/" + id + "?includeSecrets=true");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text("detail")).isEqualTo("there is no destination " + id);
  }
}
