package io.pinferry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pinferry.base.Digest;
import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException.NotAllowed;
import io.pinferry.base.PinferryException.NotFound;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GuardTest {
  private static final String ADMIN_KEY = "pfk_operator";
  private static final Caller FULL = Caller.full("id-a", "shop", "key-1");
  private static final Caller FRONTEND = Caller.frontend("id-a", "shop", "key-2");

  private final ManualClock clock = new ManualClock(Instant.parse("2026-09-01T08:00:00Z"));
  private final InMemoryCredentials keys = new InMemoryCredentials();
  private final Guard guard =
      new Guard(keys, Digest.sha256Hex(ADMIN_KEY), Guard.KNOWN_TTL_MAX, clock);

  private static final class InMemoryCredentials implements Credentials {
    private final Map<String, Caller> byHash = new HashMap<>();
    private int lookups;

    void put(String key, Caller caller) {
      byHash.put(Digest.sha256Hex(key), caller);
    }

    @Override
    public Optional<Caller> findApiKey(String sha256OfKey) {
      lookups++;
      return Optional.ofNullable(byHash.get(sha256OfKey));
    }
  }

  @Test
  void aKeyMakesItsCaller() {
    keys.put("k1", FULL);
    assertThat(admit("k1", Permission.WRITE, "id-a")).isEqualTo(FULL);
    assertThat(admit("k1", Permission.WRITE, "shop")).isEqualTo(FULL);
    assertThat(admit("k1", Permission.WRITE, "SHOP")).isEqualTo(FULL);
    assertThat(admit(ADMIN_KEY, Permission.PROJECT_CREATE, null)).isEqualTo(Caller.admin());
    assertThat(admit(ADMIN_KEY, Permission.WRITE, "any")).isEqualTo(Caller.admin());
  }

  @Test
  void anUnknownKeyIsRefusedWithARemedy() {
    var failure =
        catchThrowableOfType(NotAllowed.class, () -> admit("k9", Permission.WRITE, "shop"));
    assertThat(failure.authenticated()).isFalse();
    assertThat(failure).hasMessageContaining("not known or was revoked");
    assertThat(failure.remedy()).isPresent();
    assertThatThrownBy(() -> admit("x".repeat(257), Permission.WRITE, "shop"))
        .isInstanceOf(NotAllowed.class);
    assertThat(keys.lookups).isEqualTo(1);
  }

  @Test
  void noCredentialAndJwtAreRefusedDifferently() {
    assertThatThrownBy(
            () ->
                guard.admit(HttpEvents.request("GET", "/").read(), Permission.PROJECT_READ, "shop"))
        .isInstanceOf(NotAllowed.class)
        .hasMessage("the request has no credential");
    assertThatThrownBy(
            () ->
                guard.admit(
                    HttpEvents.request("GET", "/").header("authorization", "bearer a.b.c").read(),
                    Permission.PROJECT_READ,
                    "shop"))
        .isInstanceOf(NotAllowed.class)
        .hasMessageContaining("JWT");
    assertThatThrownBy(() -> admit("  ", Permission.PROJECT_READ, "shop"))
        .isInstanceOf(NotAllowed.class)
        .hasMessage("the request has no credential");
  }

  @Test
  void anotherProjectIsAnsweredTheSameWhetherItExistsOrNot() {
    keys.put("k1", FULL);
    keys.put("k2", FRONTEND);
    keys.put("other", Caller.full("id-b", "blue", "key-3"));
    for (String key : new String[] {"k1", "k2"}) {
      for (Permission permission : new Permission[] {Permission.WRITE, Permission.PROJECT_READ}) {
        String existing = refusal(() -> admit(key, permission, "blue"));
        String missing = refusal(() -> admit(key, permission, "grey"));
        assertThat(existing.replace("blue", "*")).isEqualTo(missing.replace("grey", "*"));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Permission.class,
      names = {
        "PROJECT_READ",
        "INTEGRATION_LIST",
        "REVISION_HYDRATE",
        "INSTALLATION_LIST",
        "INSTALLATION_CREATE",
        "INSTALLATION_CHANGE",
        "INSTALLATION_DELETE",
        "CONNECTION_LIST",
        "CONNECTION_START",
        "CONNECTION_RESTART",
        "CONNECTION_DELETE"
      })
  void aFrontendKeyMayDoWhatTheComponentDoes(Permission permission) {
    keys.put("k2", FRONTEND);
    assertThat(
            guard.admit(
                HttpEvents.request("GET", "/?groupRef=g").key("k2").read(), permission, "shop"))
        .isEqualTo(FRONTEND);
  }

  @ParameterizedTest
  @EnumSource(
      value = Permission.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {
        "PROVIDER_READ",
        "OAUTH_CALLBACK",
        "UPLOAD",
        "DOCUMENTATION_READ",
        "CONSOLE",
        "RESULT_READ",
        "PROJECT_READ",
        "INTEGRATION_LIST",
        "REVISION_HYDRATE",
        "INSTALLATION_LIST",
        "INSTALLATION_CREATE",
        "INSTALLATION_CHANGE",
        "INSTALLATION_DELETE",
        "CONNECTION_LIST",
        "CONNECTION_START",
        "CONNECTION_RESTART",
        "CONNECTION_DELETE"
      })
  void aFrontendKeyMayDoNothingElse(Permission permission) {
    keys.put("k2", FRONTEND);
    var failure = catchThrowableOfType(NotAllowed.class, () -> admit("k2", permission, "shop"));
    assertThat(failure.authenticated()).isTrue();
    assertThat(failure).hasMessageContaining("frontend");
  }

  @ParameterizedTest
  @EnumSource(
      value = Permission.class,
      names = {"INSTALLATION_LIST", "CONNECTION_LIST"})
  void aFrontendKeyListsOneGroupOnly(Permission permission) {
    keys.put("k1", FULL);
    keys.put("k2", FRONTEND);
    for (String query : new String[] {"/", "/?groupRef=", "/?groupRef=%20", "/?groupref=g"}) {
      assertThatThrownBy(
              () ->
                  guard.admit(
                      HttpEvents.request("GET", query).key("k2").read(), permission, "shop"))
          .isInstanceOf(NotAllowed.class)
          .hasMessageContaining("one group");
    }
    assertThat(admit("k1", permission, "shop")).isEqualTo(FULL);
  }

  @ParameterizedTest
  @EnumSource(Permission.class)
  void onlyTheOperatorMakesAndDeletesProjectsAndMovesTokens(Permission permission) {
    boolean operatorOnly =
        Set.of(Permission.PROJECT_CREATE, Permission.PROJECT_DELETE, Permission.TOKEN_MOVE)
            .contains(permission);
    assertThat(permission.allows(Caller.Kind.ADMIN)).isTrue();
    assertThat(permission.allows(Caller.Kind.FULL)).isEqualTo(!operatorOnly);
  }

  @Test
  void openRoutesLookAtNoCredential() {
    assertThat(admit("k9", Permission.PROVIDER_READ, null)).isEqualTo(Caller.anonymous());
    assertThat(admit("k9", Permission.OAUTH_CALLBACK, null)).isEqualTo(Caller.anonymous());
    assertThat(keys.lookups).isZero();
  }

  @Test
  void aKnownKeyIsBelievedForAMinuteAndARevokedOneNoLonger() {
    keys.put("k1", FULL);
    admit("k1", Permission.WRITE, "shop");
    keys.byHash.clear();
    clock.advance(Duration.ofMillis(59_999));
    assertThat(admit("k1", Permission.WRITE, "shop")).isEqualTo(FULL);
    assertThat(keys.lookups).isEqualTo(1);
    clock.advance(Duration.ofMillis(1));
    assertThatThrownBy(() -> admit("k1", Permission.WRITE, "shop")).isInstanceOf(NotAllowed.class);
  }

  @Test
  void anUnknownKeyIsLookedUpAgainAfterFiveSeconds() {
    assertThatThrownBy(() -> admit("k1", Permission.WRITE, "shop")).isInstanceOf(NotAllowed.class);
    keys.put("k1", FULL);
    clock.advance(Duration.ofMillis(4_999));
    assertThatThrownBy(() -> admit("k1", Permission.WRITE, "shop")).isInstanceOf(NotAllowed.class);
    assertThat(keys.lookups).isEqualTo(1);
    clock.advance(Duration.ofMillis(1));
    assertThat(admit("k1", Permission.WRITE, "shop")).isEqualTo(FULL);
  }

  @Test
  void strangersDoNotPushKnownKeysOutOfMemory() {
    keys.put("k1", FULL);
    admit("k1", Permission.WRITE, "shop");
    for (int i = 0; i < 2 * Guard.KEYS_MAX; i++) {
      String stranger = "stranger-" + i;
      assertThat(catchThrowable(() -> admit(stranger, Permission.WRITE, "shop"))).isNotNull();
    }
    int before = keys.lookups;
    admit("k1", Permission.WRITE, "shop");
    assertThat(keys.lookups).isEqualTo(before);
  }

  @Test
  void theKeyUnusedForLongestIsForgottenFirst() {
    for (int i = 0; i <= Guard.KEYS_MAX; i++) {
      keys.put("k" + i, FULL);
      admit("k" + i, Permission.WRITE, "shop");
      admit("k0", Permission.WRITE, "shop");
    }
    int before = keys.lookups;
    admit("k0", Permission.WRITE, "shop");
    assertThat(keys.lookups).isEqualTo(before);
    admit("k1", Permission.WRITE, "shop");
    assertThat(keys.lookups).isEqualTo(before + 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abc", "pfk_operator"})
  void theAdminKeyIsSetAsAHash(String wrong) {
    assertThatThrownBy(() -> new Guard(keys, wrong, Duration.ZERO, clock))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("SHA-256");
  }

  @Test
  void withoutAnAdminKeyThereIsNoOperator() {
    var closed = new Guard(keys, null, Duration.ZERO, clock);
    assertThatThrownBy(
            () ->
                closed.admit(
                    HttpEvents.request("GET", "/").key(ADMIN_KEY).read(),
                    Permission.PROJECT_CREATE,
                    null))
        .isInstanceOf(NotAllowed.class);
    assertThatThrownBy(() -> new Guard(keys, null, Duration.ofSeconds(61), clock))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static String refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(NotFound.class, call).toString();
  }

  private Caller admit(String key, Permission permission, @Nullable String project) {
    return guard.admit(HttpEvents.request("GET", "/").key(key).read(), permission, project);
  }
}
