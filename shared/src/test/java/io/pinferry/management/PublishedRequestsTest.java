package io.pinferry.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.http.TestJwts;
import io.pinferry.management.ManagementWorld.Answer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Requests as published clients send them. Those in Go send the zero value of each member: an empty
 * id, the year 1.
 */
final class PublishedRequestsTest {
  private static final String SHOP = "/v1/projects/shop";
  private static final String ZEROS =
      "'id':'','projectId':'','createTime':'0001-01-01T00:00:00Z',"
          + "'updateTime':'0001-01-01T00:00:00Z',";
  private static final String DESTINATION =
      "'name':'dest','type':'webhook','metadata':{'url':'https://hooks.example.com/','svixAppId':"
          + "'app','headers':null}}";

  private final ManagementWorld world = new ManagementWorld();
  private String project = "";

  @BeforeEach
  void aProject() {
    project = world.project("shop");
    world.destination("hook");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "/destinations  | 201 | " + DESTINATION,
        "/topics        | 201 | 'name':'alerts'}",
        "/provider-apps | 200 | 'provider':'pinterest','clientId':'1','clientSecret':'s',"
            + "'scopes':null,'externalRef':''}",
        "/api-keys      | 201 | 'label':'k','scopes':null}",
        "/integrations  | 201 | 'name':'x','provider':'pinterest','latestRevision':{'id':'',"
            + "'specVersion':'1.0.0','createTime':'0001-01-01T00:00:00Z','content':{'name':'x',"
            + "'provider':'pinterest','displayName':'','module':'','read':{'objects':[{"
            + "'objectName':'pins','destination':'hook','schedule':'','enabled':''}]}}}}",
        "/groups        | 201 | 'groupRef':'g','groupName':''}",
        "/consumers     | 201 | 'consumerRef':'c','consumerName':''}"
      })
  void aCreationWithZeroValuesIsTaken(String path, int status, String members) {
    Answer answer = world.post(SHOP + path, "{" + ZEROS + members);

    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(status);
    Answer other = world.post(SHOP + path, "{" + ZEROS + "'colour':'red'," + members);
    assertThat(other.issue()).startsWith("colour: is not a known member");
  }

  @Test
  void aThingThatWasReadElsewhereIsCreatedAnew() {
    Answer read = world.get(SHOP + "/destinations/hook");
    String id = world.project("staging");

    Answer created = world.post("/v1/projects/staging/destinations", read.body().toString());

    assertThat(created.status()).as(created.body().toString()).isEqualTo(201);
    assertThat(created.text("id")).isNotEqualTo(read.text("id"));
    assertThat(world.get("/v1/projects/" + id + "/destinations").body()).hasSize(1);
  }

  @Test
  void keysAreTaken() {
    String pem = TestJwts.pem(TestJwts.pair()).replace("\n", "\\n");

    Answer answer =
        world.post(
            SHOP + "/jwt-keys",
            "{" + ZEROS + "'label':'k','algorithm':'RS256','publicKeyPem':'" + pem + "'}");

    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
  }

  @Test
  void anInstallationWithoutAConnectionIdIsTaken() {
    world.deploy(
        """
        specVersion: 1.0.0
        integrations:
          - name: sync
            provider: pinterest
            proxy: {enabled: true}
        """,
        "");
    world.connect(project, "org_7");

    Answer answer =
        world.post(
            SHOP + "/integrations/sync/installations",
            "{'groupRef':'org_7','connectionId':'','config':{'createdBy':'','content':"
                + "{'provider':'pinterest'}}}");

    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'sourceZipUrl':'','sourceYaml':'x'}  | is not a mapping",
        "{'sourceZipUrl':'https://x','sourceYaml':''} | sourceZipUrl:",
        "{'sourceZipUrl':''}                   | sourceYaml: is missing"
      })
  void anEmptySourceIsNone(String body, String problem) {
    Answer answer = world.put(SHOP + "/integrations:batch", body);

    assertThat(answer.text("detail")).contains(problem);
  }
}
