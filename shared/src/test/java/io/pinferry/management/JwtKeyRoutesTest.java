package io.pinferry.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Json;
import io.pinferry.directory.Connection;
import io.pinferry.directory.RsaPublicKeys;
import io.pinferry.http.Guard;
import io.pinferry.http.TestJwts;
import io.pinferry.management.ManagementWorld.Answer;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** JWT keys, and what the JWTs that they signed open. */
final class JwtKeyRoutesTest {
  private static final String KEYS = "/v1/projects/shop/jwt-keys";

  private final ManagementWorld world = new ManagementWorld();

  @BeforeEach
  void aProject() {
    world.project("shop");
  }

  @Test
  void aKeyIsCalledByItsKidAndReadsBack() {
    String kid = register();

    Answer one = world.get(KEYS + "/" + kid);
    assertThat(one.text("id")).isEqualTo(kid);
    assertThat(one.text("algorithm")).isEqualTo("RSA");
    assertThat(one.text("label")).isEqualTo("back end");
    assertThat(one.text("publicKeyPem")).isEqualTo(TestJwts.pem(TestJwts.pair()));
    assertThat(one.text("updateTime")).isEqualTo(one.text("createTime"));
    assertThat(world.get(KEYS).body()).containsExactly(one.body());
  }

  @Test
  void aKeyOfAnotherProjectIsNotThere() {
    world.project("other");
    String kid = register();

    String elsewhere = "/v1/projects/other/jwt-keys";
    assertThat(world.get(elsewhere).body()).isEmpty();
    assertThat(world.get(elsewhere + "/" + kid).status()).isEqualTo(404);
    assertThat(world.delete(elsewhere + "/" + kid).status()).isEqualTo(404);
    assertThat(world.get(KEYS + "/" + kid).status()).isEqualTo(200);
    assertThat(world.get(KEYS + "/nothing").status()).isEqualTo(404);
  }

  @Test
  void labelAndActivityCanBeChanged() {
    String kid = register();
    world.clock.advance(Duration.ofMinutes(1));

    Answer changed =
        world.patch(
            KEYS + "/" + kid,
            "{'updateMask':['active','label'],'jwtKey':{'active':false,'label':'old'}}");

    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.text("label")).isEqualTo("old");
    assertThat(changed.body().path("active").booleanValue()).isFalse();
    assertThat(changed.text("updateTime")).isNotEqualTo(changed.text("createTime"));
    assertThat(world.get(KEYS + "?active=true").body()).isEmpty();
    assertThat(world.get(KEYS + "?active=false").body()).hasSize(1);
  }

  @Test
  void aJwtOpensItsProjectUntilItsKeyIsPutOutOfUseOrDeleted() {
    world.project("other");
    String kid = register();
    String jwt = jwt(kid, "org_7", "u_42");
    String active = "{'updateMask':['active'],'jwtKey':{'active':%s}}";

    assertThat(world.bearer(jwt, "GET", "/v1/projects/shop", null).status()).isEqualTo(200);
    assertThat(world.bearer(jwt, "GET", "/v1/projects/other", null).status()).isEqualTo(404);
    assertThat(world.bearer(jwt, "GET", KEYS, null).status()).isEqualTo(403);
    world.patch(KEYS + "/" + kid, active.formatted("false"));
    assertThat(world.bearer(jwt, "GET", "/v1/projects/shop", null).status()).isEqualTo(401);
    world.patch(KEYS + "/" + kid, active.formatted("true"));
    world.clock.advance(Guard.UNKNOWN_TTL);
    assertThat(world.bearer(jwt, "GET", "/v1/projects/shop", null).status()).isEqualTo(200);
    assertThat(world.delete(KEYS + "/" + kid).status()).isEqualTo(204);
    assertThat(world.bearer(jwt, "GET", "/v1/projects/shop", null).status()).isEqualTo(401);
    assertThat(world.get(KEYS).body()).isEmpty();
  }

  @Test
  void aProjectThatRequiresJwtShutsOutFrontendKeysAlone() {
    String frontend = key("frontend");
    String full = key("full");
    String kid = register();
    String require = "{'updateMask':['requireJwt'],'project':{'requireJwt':%s}}";

    Answer changed = world.patch("/v1/projects/shop", require.formatted("true"));

    assertThat(changed.body().path("requireJwt").booleanValue()).isTrue();
    Answer refused = world.send(frontend, "GET", "/v1/projects/shop", null);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text("detail")).contains("requires JWT");
    assertThat(refused.text("remedy")).contains("getToken");
    assertThat(world.send(full, "GET", "/v1/projects/shop", null).status()).isEqualTo(200);
    assertThat(world.bearer(jwt(kid, "org_7", "u_42"), "GET", "/v1/projects/shop", null).status())
        .isEqualTo(200);
    world.patch("/v1/projects/shop", "{'updateMask':['appName'],'project':{'appName':'B'}}");
    assertThat(world.send(frontend, "GET", "/v1/projects/shop", null).status()).isEqualTo(403);
    world.patch("/v1/projects/shop", require.formatted("false"));
    assertThat(world.send(frontend, "GET", "/v1/projects/shop", null).status()).isEqualTo(200);
    assertThat(world.get("/v1/projects/shop").body().has("requireJwt")).isFalse();
    assertThat(world.patch("/v1/projects/shop", require.formatted("'yes'")).issue())
        .startsWith("project.requireJwt");
  }

  static List<Arguments> badKeys() throws GeneralSecurityException {
    KeyPairGenerator curves = KeyPairGenerator.getInstance("EC");
    curves.initialize(256);
    KeyPair good = TestJwts.pair();
    BigInteger modulus = TestJwts.publicKey().getModulus();
    return List.of(
        Arguments.of(TestJwts.pem(TestJwts.pair(1024)), "1024 bits"),
        Arguments.of(TestJwts.pem(curves.generateKeyPair()), "no RSA public key"),
        Arguments.of(block("PRIVATE KEY", good.getPrivate().getEncoded()), "private key"),
        Arguments.of(block("RSA PRIVATE KEY", good.getPrivate().getEncoded()), "private key"),
        Arguments.of(block("PUBLIC KEY", good.getPrivate().getEncoded()), "no RSA public key"),
        Arguments.of(
            TestJwts.pem(good) + block("PRIVATE KEY", good.getPrivate().getEncoded()),
            "private key"),
        Arguments.of(block("RSA PUBLIC KEY", good.getPublic().getEncoded()), "PKCS#1"),
        Arguments.of(block("CERTIFICATE", good.getPublic().getEncoded()), "certificate"),
        Arguments.of(TestJwts.pem(good) + TestJwts.pem(good), "PEM"),
        Arguments.of(block("PUBLIC KEY", new byte[] {48, 3, 1, 1, 0}), "no RSA public key"),
        Arguments.of(block("PUBLIC KEY", withExponentOne()), "RSA"),
        Arguments.of(
            block("PUBLIC KEY", withExponent(modulus, BigInteger.TWO.pow(80))), "exponent"),
        Arguments.of("ssh-rsa AAAAB3NzaC1yc2E", "PEM"),
        Arguments.of("", "must not be empty"),
        Arguments.of("x".repeat(9_000), "at most"));
  }

  private static byte[] withExponent(BigInteger modulus, BigInteger exponent)
      throws GeneralSecurityException {
    return KeyFactory.getInstance("RSA")
        .generatePublic(new RSAPublicKeySpec(modulus, exponent))
        .getEncoded();
  }

  /** Encodes a key that the JDK itself refuses to make: with it, anything is its own signature. */
  private static byte[] withExponentOne() {
    byte[] key = TestJwts.publicKey().getEncoded();
    // It ends in the exponent 65537 as 02 03 01 00 01.
    key[key.length - 3] = 0;
    return key;
  }

  private static String block(String kind, byte[] der) {
    return "-----BEGIN "
        + kind
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + kind
        + "-----\n";
  }

  @ParameterizedTest
  @MethodSource("badKeys")
  void aKeyThatMustNotBeUsedIsNamedAndNotRepeated(String pem, String says) {
    Answer answer =
        world.post(
            KEYS,
            Json.text(
                Json.object()
                    .put("label", "k")
                    .put("algorithm", "RS256")
                    .put("publicKeyPem", pem)));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.issue()).startsWith("publicKeyPem: ").contains(says);
    if (pem.length() > 200) {
      assertThat(answer.body().toString()).doesNotContain(pem.substring(100, 130));
    }
    assertThat(world.get(KEYS).body()).isEmpty();
  }

  @Test
  void linesMayEndInAnyWay() {
    String pem = TestJwts.pem(TestJwts.pair());
    for (String written : List.of(pem.replace("\n", "\r\n"), "\n" + pem.strip(), pem + "\n")) {
      assertThat(RsaPublicKeys.parse(written)).isEqualTo(TestJwts.publicKey());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'algorithm':'RS256','publicKeyPem':'x'} | label",
        "{'label':'k','algorithm':'HS256','publicKeyPem':'x'} | algorithm",
        "{'label':'k','publicKeyPem':'x'} | algorithm",
        "{'label':'k','algorithm':'RS256'} | publicKeyPem",
        "{'label':'k','algorithm':'RS256','publicKeyPem':'x','kid':'mine'} | kid",
      })
  void aWrongMemberIsNamed(String body, String member) {
    assertThat(world.post(KEYS, body).body().path("issues").toString())
        .contains("\"name\":\"" + member + "\"");
  }

  @Test
  void aMaskNamesWhatCanBeChanged() {
    String one = KEYS + "/" + register();

    assertThat(
            world
                .patch(one, "{'updateMask':['publicKeyPem'],'jwtKey':{'publicKeyPem':'x'}}")
                .issue())
        .contains("allowed: active, label");
    assertThat(
            world
                .patch(one, "{'updateMask':['label'],'jwtKey':{}}")
                .body()
                .path("issues")
                .findValuesAsText("name"))
        .contains("jwtKey.label");
  }

  @Test
  void theHolderOfAJwtListsTheirOwnAndNothingElse() throws Exception {
    String integration = sync();
    String own = install("org_7");
    install("org_8");
    String jwt = jwt(register(), "org_7", "u_42");
    String all = integration + "/installations";

    for (String query : List.of("", "?groupRef=org_7", "?groupRef=")) {
      Answer answer = world.bearer(jwt, "GET", all + query, null);
      assertThat(answer.body()).hasSize(1);
      assertThat(answer.body().at("/0/id").asText()).isEqualTo(own);
    }
    Answer existing = world.bearer(jwt, "GET", all + "?groupRef=org_8", null);
    Answer missing = world.bearer(jwt, "GET", all + "?groupRef=org_9", null);
    assertThat(existing.status()).isEqualTo(403);
    assertThat(existing.text("detail")).isEqualTo(missing.text("detail"));
    assertThat(world.bearer(jwt(register(), "org_7", "u_43"), "GET", all, null).body()).isEmpty();
  }

  @Test
  void theHolderOfAJwtFindsOthersInstallationsAsLittleAsNone() throws Exception {
    String all = sync() + "/installations/";
    String own = install("org_7");
    String foreign = install("org_8");
    String nothing = "5b0b6c1e-8f3a-4a51-9d43-000000000000";
    String jwt = jwt(register(), "org_7", "u_42");
    String mask =
        "{'updateMask':['config.content.read.objects.boards.disabled'],'installation':{'config':"
            + "{'content':{'read':{'objects':{'boards':{'disabled':true}}}}}}}";

    for (String method : List.of("PATCH", "DELETE")) {
      String body = method.equals("PATCH") ? mask : null;
      Answer ofOthers = world.bearer(jwt, method, all + foreign, body);
      Answer ofNobody = world.bearer(jwt, method, all + nothing, body);
      assertThat(ofOthers.status()).isEqualTo(404);
      assertThat(ofOthers.text("detail").replace(foreign, nothing))
          .isEqualTo(ofNobody.text("detail"));
      Answer ofColleague = world.bearer(jwt(register(), "org_7", "u_43"), method, all + own, body);
      assertThat(ofColleague.status()).isEqualTo(404);
    }
    assertThat(
            world
                .get(all + foreign)
                .body()
                .at("/config/content/read/objects/boards/disabled")
                .booleanValue())
        .isFalse();
    assertThat(world.bearer(jwt, "PATCH", all + own, mask).status()).isEqualTo(200);
    assertThat(world.bearer(jwt, "DELETE", all + own, null).status()).isEqualTo(204);
  }

  @Test
  void theHolderOfAJwtInstallsForTheirOwnGroupAndConnectionOnly() throws Exception {
    String all = sync() + "/installations";
    Connection own = world.connect(shop(), "org_7", "boards:read");
    Connection foreign = world.connect(shop(), "org_8", "boards:read");
    String kid = register();
    String jwt = jwt(kid, "org_7", "u_42");
    String nothing = "5b0b6c1e-8f3a-4a51-9d43-000000000000";

    assertThat(world.bearer(jwt, "POST", all, installation("org_8", null, null)).status())
        .isEqualTo(403);
    Answer ofOthers =
        world.bearer(jwt, "POST", all, installation("org_7", foreign.id().value(), null));
    Answer ofNobody = world.bearer(jwt, "POST", all, installation("org_7", nothing, null));
    assertThat(ofOthers.status()).isEqualTo(422);
    assertThat(ofOthers.issue()).isEqualTo(ofNobody.issue());
    String colleague = jwt(kid, "org_7", "u_43");
    for (String connection : new String[] {null, own.id().value()}) {
      assertThat(
              world
                  .bearer(colleague, "POST", all, installation("org_7", connection, null))
                  .status())
          .isEqualTo(422);
    }
    assertThat(world.bearer(jwt, "POST", all, installation("org_7", null, "builder:me")).issue())
        .startsWith("config.createdBy");
    Answer installed =
        world.bearer(jwt, "POST", all, installation("org_7", own.id().value(), null));
    assertThat(installed.status()).isEqualTo(201);
    assertThat(installed.body().at("/config/createdBy").asText()).isEqualTo("consumer:u_42");
  }

  @Test
  void theHolderOfAJwtSeesFieldsThroughTheirOwnConnectionOnly() throws Exception {
    String integration = sync();
    String revision = world.get(integration).body().at("/latestRevision/id").asText();
    Connection own = world.connect(shop(), "org_7", "boards:read");
    Connection foreign = world.connect(shop(), "org_8", "boards:read");
    String jwt = jwt(register(), "org_7", "u_42");
    String hydrate = integration + "/revisions/" + revision + ":hydrate?connectionId=";

    assertThat(world.bearer(jwt, "GET", hydrate + own.id(), null).status()).isEqualTo(200);
    assertThat(world.bearer(jwt, "GET", hydrate + foreign.id(), null).status()).isEqualTo(404);
  }

  private String register() {
    Answer answer =
        world.post(
            KEYS,
            Json.text(
                Json.object()
                    .put("label", "back end")
                    .put("algorithm", "RS256")
                    .put("publicKeyPem", TestJwts.pem(TestJwts.pair()))));
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
    assertThat(answer.body()).hasSize(1);
    return answer.text("kid");
  }

  private String jwt(String kid, String groupRef, String consumerRef) {
    return TestJwts.of(kid, groupRef, consumerRef, world.clock.instant());
  }

  private String key(String scope) {
    return world
        .post("/v1/projects/shop/api-keys", "{'label':'k','scopes':['" + scope + "']}")
        .text("key");
  }

  private String shop() {
    return world.get("/v1/projects/shop").text("id");
  }

  /** Deploys an integration that reads boards, and returns its path. */
  private String sync() {
    world.destination("hook");
    Answer answer =
        world.deploy(
            """
            specVersion: 1.0.0
            integrations:
              - name: sync
                provider: pinterest
                read:
                  objects:
                    - objectName: boards
                      destination: hook
                      schedule: "0 3 * * *"
                      requiredFields:
                        - fieldName: id
            """,
            "");
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    return "/v1/projects/shop/integrations/" + answer.body().at("/0/id").asText();
  }

  /** Connects and installs as a back end, and returns the installation's id. */
  private String install(String groupRef) {
    world.connect(shop(), groupRef, "boards:read");
    Answer answer =
        world.post(
            "/v1/projects/shop/integrations/sync/installations",
            installation(groupRef, null, null));
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
    return answer.text("id");
  }

  private static String installation(
      String groupRef, @Nullable String connectionId, @Nullable String createdBy) {
    return "{'groupRef':'"
        + groupRef
        + (connectionId == null ? "" : "','connectionId':'" + connectionId)
        + "','config':{"
        + (createdBy == null ? "" : "'createdBy':'" + createdBy + "',")
        + "'content':{'provider':'pinterest','read':{'objects':{'boards':{'objectName':'boards',"
        + "'selectedFields':{},'selectedFieldMappings':{}}}}}}}";
  }
}
