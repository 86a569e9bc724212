package io.pinferry.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Digest;
import io.pinferry.base.Json;
import io.pinferry.base.LoaderWithout;
import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException.NotAllowed;
import io.pinferry.base.PinferryException.NotFound;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which JWTs are believed, for whom, and for how long. */
final class GuardJwtTest {
  private static final Instant NOW = Instant.parse("2026-09-01T08:00:00Z");
  private static final String KID = "5b0b6c1e-8f3a-4a51-9d43-111111111111";
  private static final JwtSigner SIGNER = new JwtSigner("id-a", "shop", KID, TestJwts.publicKey());
  private static final Caller HOLDER =
      Caller.consumer(SIGNER, new Caller.Customer("org_7", "u_42"));

  private final ManualClock clock = new ManualClock(NOW);
  private final KnownSigners credentials = new KnownSigners();
  private final Guard guard = new Guard(credentials, null, Guard.KNOWN_TTL_MAX, clock);

  private static final class KnownSigners implements Credentials {
    private final Map<String, JwtSigner> byKid = new HashMap<>(Map.of(KID, SIGNER));
    private int lookups;

    @Override
    public Optional<Caller> findApiKey(String sha256OfKey) {
      return sha256OfKey.equals(Digest.sha256Hex("k1"))
          ? Optional.of(Caller.full("id-a", "shop", "key-1"))
          : Optional.empty();
    }

    @Override
    public Optional<JwtSigner> findJwtSigner(String kid) {
      lookups++;
      return Optional.ofNullable(byKid.get(kid));
    }
  }

  @Test
  void aJwtMakesItsHolder() {
    assertThat(admit(good())).isEqualTo(HOLDER);
    assertThat(HOLDER.keyId()).isEqualTo(KID);
    assertThat(
            guard.admit(
                request().header("authorization", "bEaReR   " + good() + "  ").read(),
                Permission.PROJECT_READ,
                "SHOP"))
        .isEqualTo(HOLDER);
  }

  /** A way to spoil the header and claims of a good token. */
  private static Arguments spoilt(
      String name, String says, BiConsumer<ObjectNode, ObjectNode> spoil) {
    ObjectNode header = TestJwts.header(KID);
    ObjectNode claims = TestJwts.claims("org_7", "u_42", NOW);
    spoil.accept(header, claims);
    return Arguments.of(
        name, TestJwts.signed(header, claims, "SHA256withRSA", TestJwts.pair()), says);
  }

  static List<Arguments> badTokens() throws GeneralSecurityException {
    List<Arguments> bad = new ArrayList<>();
    ObjectNode claims = TestJwts.claims("org_7", "u_42", NOW);
    String payload = TestJwts.part(Json.bytes(claims));
    String[] parts = TestJwts.of(KID, "org_7", "u_42", NOW).split("\\.");
    ObjectNode none = TestJwts.header(KID).put("alg", "none");
    bad.add(Arguments.of("none", TestJwts.part(Json.bytes(none)) + "." + payload + ".", "signed"));
    bad.add(
        Arguments.of(
            "none, with a good signature",
            TestJwts.part(Json.bytes(none)) + "." + payload + "." + parts[2],
            "signed"));
    bad.add(Arguments.of("HS256 with the public key", hs256(claims), "RS256"));
    for (String[] other :
        new String[][] {
          {"RS384", "SHA384withRSA"}, {"RS512", "SHA512withRSA"}, {"RS256", "SHA512withRSA"}
        }) {
      bad.add(
          Arguments.of(
              String.join(" by ", other),
              TestJwts.signed(
                  TestJwts.header(KID).put("alg", other[0]), claims, other[1], TestJwts.pair()),
              other[0].equals("RS256") ? "signature" : "RS256"));
    }
    for (String algorithm : List.of("PS256", "ES256", "EdDSA", "rs256", "", "RSA")) {
      bad.add(
          Arguments.of(
              "algorithm " + algorithm,
              TestJwts.signed(
                  TestJwts.header(KID).put("alg", algorithm),
                  claims,
                  "SHA256withRSA",
                  TestJwts.pair()),
              "signed"));
    }
    bad.add(
        Arguments.of(
            "another's signature",
            TestJwts.signed(TestJwts.header(KID), claims, "SHA256withRSA", TestJwts.otherPair()),
            "signature"));
    String swapped = TestJwts.part(Json.bytes(TestJwts.claims("org_8", "u_42", NOW)));
    bad.add(Arguments.of("other claims", parts[0] + "." + swapped + "." + parts[2], "signature"));
    bad.add(Arguments.of("no signature", parts[0] + "." + parts[1] + ".", "sign"));
    bad.add(Arguments.of("two parts", parts[0] + "." + parts[1], "signed JWT"));
    bad.add(Arguments.of("four parts", String.join(".", parts) + ".x", "signed JWT"));
    bad.add(Arguments.of("no parts", "opaque", "signed JWT"));
    bad.add(Arguments.of("dots", "..", "signed JWT"));
    bad.add(Arguments.of("huge", parts[0] + "." + "A".repeat(5_000) + "." + parts[2], "longer"));
    bad.add(
        Arguments.of(
            "deep header",
            TestJwts.part(("{\"a\":" + "[".repeat(1_400)).getBytes(UTF_8)) + "." + parts[1] + ".x",
            "signed JWT"));
    bad.add(
        Arguments.of(
            "a payload that is no object",
            TestJwts.part(Json.bytes(TestJwts.header(KID)))
                + "."
                + TestJwts.part("[]".getBytes(UTF_8))
                + ".AAAA",
            "signature"));
    bad.add(spoilt("no kid", "kid", (header, body) -> header.remove("kid")));
    bad.add(spoilt("empty kid", "kid", (header, body) -> header.put("kid", "")));
    bad.add(spoilt("kid no text", "", (header, body) -> header.put("kid", 7)));
    bad.add(spoilt("unknown kid", "kid", (header, body) -> header.put("kid", "nobodys")));
    bad.add(
        spoilt(
            "critical header",
            "crit",
            (header, body) -> header.put("exp", 1).putArray("crit").add("exp")));
    bad.add(spoilt("unencoded payload", "", (header, body) -> header.put("b64", false)));
    for (String claim : List.of("sub", "groupRef", "consumerRef", "iat", "exp")) {
      bad.add(spoilt("no " + claim, claim, (header, body) -> body.remove(claim)));
      bad.add(spoilt(claim + " null", claim, (header, body) -> body.putNull(claim)));
      bad.add(spoilt(claim + " a list", claim, (header, body) -> body.putArray(claim)));
      bad.add(spoilt(claim + " true", claim, (header, body) -> body.put(claim, true)));
    }
    for (String claim : List.of("sub", "groupRef", "consumerRef")) {
      bad.add(spoilt(claim + " a number", claim, (header, body) -> body.put(claim, 7)));
      bad.add(spoilt(claim + " blank", claim, (header, body) -> body.put(claim, " ")));
      bad.add(spoilt(claim + " long", claim, (header, body) -> body.put(claim, "x".repeat(257))));
    }
    long now = NOW.getEpochSecond();
    for (String claim : List.of("iat", "exp")) {
      bad.add(spoilt(claim + " a text", claim, (header, body) -> body.put(claim, "" + (now + 60))));
      bad.add(spoilt(claim + " broken", claim, (header, body) -> body.put(claim, now + 0.5)));
      bad.add(spoilt(claim + " negative", claim, (header, body) -> body.put(claim, -1)));
      bad.add(spoilt(claim + " beyond", claim, (header, body) -> body.put(claim, Long.MAX_VALUE)));
    }
    bad.add(spoilt("too long a life", "600", (header, body) -> body.put("exp", now + 601)));
    bad.add(spoilt("expired", "expired", (header, body) -> expiring(body, now - 300, now)));
    bad.add(
        spoilt("from the future", "future", (header, body) -> expiring(body, now + 31, now + 90)));
    bad.add(spoilt("backwards", "before", (header, body) -> expiring(body, now + 20, now + 20)));
    bad.add(spoilt("not yet", "nbf", (header, body) -> body.put("nbf", now + 31)));
    return bad;
  }

  private static void expiring(ObjectNode body, long iat, long exp) {
    body.put("iat", iat).put("exp", exp);
  }

  /** The old trick: a verifier that lets the token choose takes the public key as a password. */
  private static String hs256(ObjectNode claims) throws GeneralSecurityException {
    String content =
        TestJwts.part(Json.bytes(TestJwts.header(KID).put("alg", "HS256")))
            + "."
            + TestJwts.part(Json.bytes(claims));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(TestJwts.pem(TestJwts.pair()).getBytes(UTF_8), "HmacSHA256"));
    return content + "." + TestJwts.part(mac.doFinal(content.getBytes(UTF_8)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badTokens")
  void aBadJwtIsRefusedWithTheReasonAndARemedy(String name, String token, String says) {
    var failure = catchThrowableOfType(NotAllowed.class, () -> admit(token));

    assertThat(failure).as(name).isNotNull();
    assertThat(failure.authenticated()).isFalse();
    assertThat(failure).hasMessageStartingWith("the JWT ").hasMessageContaining(says);
    assertThat(failure.remedy().orElse("")).contains("RS256");
    assertThat(failure.getMessage()).doesNotContain("org_7").doesNotContain(KID);
  }

  @Test
  void theLongestLifeAndASlowClockAreAccepted() {
    ObjectNode claims = TestJwts.claims("org_7", "u_42", NOW);
    long now = NOW.getEpochSecond();
    expiring(claims, now + 30, now + 630);

    assertThat(
            admit(TestJwts.signed(TestJwts.header(KID), claims, "SHA256withRSA", TestJwts.pair())))
        .isEqualTo(HOLDER);
  }

  @Test
  void aKnownJwtIsBelievedForAMinuteAfterItsKeyIsGone() {
    String token = good();
    admit(token);
    credentials.byKid.clear();
    clock.advance(Duration.ofMillis(59_999));
    assertThat(admit(token)).isEqualTo(HOLDER);
    assertThat(credentials.lookups).isEqualTo(1);
    clock.advance(Duration.ofMillis(1));
    assertThatThrownBy(() -> admit(token)).isInstanceOf(NotAllowed.class);
  }

  @Test
  void aKnownJwtIsNotBelievedBeyondItsEnd() {
    ObjectNode claims = TestJwts.claims("org_7", "u_42", NOW);
    claims.put("exp", NOW.getEpochSecond() + 10);
    String token = TestJwts.signed(TestJwts.header(KID), claims, "SHA256withRSA", TestJwts.pair());
    admit(token);
    clock.advance(Duration.ofMillis(9_999));
    assertThat(admit(token)).isEqualTo(HOLDER);
    clock.advance(Duration.ofMillis(1));
    assertThatThrownBy(() -> admit(token))
        .isInstanceOf(NotAllowed.class)
        .hasMessageContaining("expired");
  }

  @Test
  void anUnknownKeyOfAJwtIsLookedUpAgainAfterFiveSeconds() {
    credentials.byKid.clear();
    String token = good();
    assertThatThrownBy(() -> admit(token)).isInstanceOf(NotAllowed.class);
    credentials.byKid.put(KID, SIGNER);
    clock.advance(Duration.ofMillis(4_999));
    assertThatThrownBy(() -> admit(token)).isInstanceOf(NotAllowed.class);
    assertThat(credentials.lookups).isEqualTo(1);
    clock.advance(Duration.ofMillis(1));
    assertThat(admit(token)).isEqualTo(HOLDER);
  }

  @Test
  void anotherProjectIsNotThereForAJwt() {
    for (String project : List.of("blue", "id-b")) {
      assertThatThrownBy(() -> guard.admit(jwt(good()), Permission.PROJECT_READ, project))
          .isInstanceOf(NotFound.class);
    }
  }

  @Test
  void aKeyAndAJwtTogetherAreRefusedButForTheProxy() {
    ApiRequest both = request().key("k1").header("authorization", "Bearer " + good()).read();
    assertThatThrownBy(() -> guard.admit(both, Permission.PROJECT_READ, "shop"))
        .isInstanceOf(NotAllowed.class)
        .hasMessageContaining("two credentials");
    ApiRequest atProxy =
        new ApiRequest(
            Door.PROXY,
            "GET",
            "/v5/pins",
            List.of("v5", "pins"),
            "",
            Map.of(),
            Map.of("x-api-key", "k1", "authorization", "Bearer anything"),
            new byte[0],
            "-",
            "");
    assertThat(guard.admit(atProxy, Permission.PROXY, null).kind()).isEqualTo(Caller.Kind.FULL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Basic a2V5OnNlY3JldA==", "Bearer", "Bearer ", "Token x", ""})
  void whatIsNoBearerIsNoCredential(String authorization) {
    assertThatThrownBy(
            () ->
                guard.admit(
                    request().header("authorization", authorization).read(),
                    Permission.PROJECT_READ,
                    "shop"))
        .isInstanceOf(NotAllowed.class)
        .hasMessageContaining("no credential");
  }

  @ParameterizedTest
  @EnumSource(Permission.class)
  void aJwtMayDoWhatAFrontendKeyMay(Permission permission) {
    assertThat(permission.allows(Caller.Kind.CONSUMER))
        .isEqualTo(permission.allows(Caller.Kind.FRONTEND));
    assertThat(permission.needsGroup(Caller.Kind.CONSUMER)).isFalse();
  }

  @Test
  void aRequestWithAnApiKeyLoadsNothingOfTheJwtLibrary() throws ReflectiveOperationException {
    var loader = new LoaderWithout("com.nimbusds.", GuardJwtTest.class.getClassLoader());

    Object kind =
        loader.loadClass(AdmitsByKey.class.getName()).getDeclaredMethod("admit").invoke(null);

    assertThat(kind).hasToString("FULL");
    assertThat(loader.asked()).isEmpty();
  }

  /** Runs inside the other class loader. */
  public static final class AdmitsByKey {
    private AdmitsByKey() {}

    public static String admit() {
      var guard = new Guard(new KnownSigners(), null, Duration.ZERO, new ManualClock(NOW));
      return guard
          .admit(HttpEvents.request("GET", "/").key("k1").read(), Permission.PROJECT_READ, "shop")
          .kind()
          .name();
    }
  }

  private static String good() {
    return TestJwts.of(KID, "org_7", "u_42", NOW);
  }

  private static HttpEvents request() {
    return HttpEvents.request("GET", "/");
  }

  private static ApiRequest jwt(String token) {
    return request().header("authorization", "Bearer " + token).read();
  }

  private Caller admit(String token) {
    return guard.admit(jwt(token), Permission.PROJECT_READ, "shop");
  }
}
