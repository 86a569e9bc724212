package io.pinferry.local.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.local.simulator.SavedState.Grant;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Issues codes and tokens and knows them again. They carry what they stand for under a signature;
 * only what must not be used twice is remembered. Not safe for concurrent use.
 */
final class TokenAuthority {
  private static final Duration CODE_LIFETIME = Duration.ofMinutes(10);

  /** The code for wrong credentials of the application at the token endpoint. */
  static final int APP_REFUSED = 2;

  /**
   * The code for a refresh token that is not valid.
   *
   * @see <a href="https://github.com/pinterest/pinterest-python-sdk/issues/114">An answer</a>
   */
  private static final int GRANT_REFUSED = 283;

  private static final String ACCESS_PREFIX = "pina_";
  private static final String REFRESH_PREFIX = "pinr_";
  private static final String SEPARATOR = "\n";

  private final SimulatorSettings settings;
  private final Signer signer;
  private final SavedState state;

  /** Secrets that replaced those of the settings, by client id. */
  private final Map<String, String> newSecrets = new HashMap<>();

  private long serial;

  TokenAuthority(SimulatorSettings settings, Signer signer, SavedState state) {
    this.settings = settings;
    this.signer = signer;
    this.state = state;
  }

  /** Whom a valid access token speaks for. */
  record Session(
      String clientId, String userId, Set<String> scopes, String grantId, int generation) {}

  private record Token(
      String kind,
      String clientId,
      String userId,
      String grantId,
      int generation,
      long endMillis,
      String scopes) {}

  Optional<SimulatedApp> app(String clientId) {
    return settings.apps().stream().filter(app -> app.clientId().equals(clientId)).findFirst();
  }

  String issueCode(
      SimulatedApp app, String redirectUri, Set<String> scopes, Person user, Instant now) {
    serial++;
    long unique = Mix.mix(settings.seed(), now.toEpochMilli(), serial);
    return signer.seal(
        String.join(
            SEPARATOR,
            "code",
            app.clientId(),
            redirectUri,
            String.join(" ", scopes),
            Long.toString(user.id),
            Long.toString(now.plus(CODE_LIFETIME).toEpochMilli()),
            Long.toString(unique, 36)));
  }

  /** Answers the token endpoint; refusals are {@link ApiFailure}s. */
  ObjectNode token(Optional<String> authorization, QueryText form, Instant now) {
    SimulatedApp app = authenticateApp(authorization);
    String grantType = required(form, "grant_type");
    return switch (grantType) {
      case "authorization_code" -> exchange(app, form, now);
      case "refresh_token" -> refresh(app, form, now);
      default -> throw ApiFailure.invalid("Invalid grant_type '" + grantType + "'");
    };
  }

  private SimulatedApp authenticateApp(Optional<String> authorization) {
    if (authorization.isPresent() && authorization.get().startsWith("Basic ")) {
      try {
        String pair =
            new String(
                Base64.getDecoder().decode(authorization.get().substring(6)),
                StandardCharsets.UTF_8);
        int colon = pair.indexOf(':');
        if (colon > 0) {
          Optional<SimulatedApp> app = app(pair.substring(0, colon));
          if (app.isPresent() && secretOf(app.get()).equals(pair.substring(colon + 1))) {
            return app.get();
          }
        }
      } catch (IllegalArgumentException notBase64) {
        // Refused below like wrong credentials.
      }
    }
    throw appRefused();
  }

  private String secretOf(SimulatedApp app) {
    return newSecrets.getOrDefault(app.clientId(), app.clientSecret());
  }

  /** Gives an app another secret, as its owner does at Pinterest; the old one ends at once. */
  void replaceSecret(String clientId, String secret) {
    if (app(clientId).isEmpty() || secret.isEmpty()) {
      throw ApiFailure.invalid("There is no app " + clientId + ", or its new secret is empty");
    }
    newSecrets.put(clientId, secret);
  }

  static ApiFailure appRefused() {
    return new ApiFailure(
        401, APP_REFUSED, "Authentication failed: client id or secret is wrong or missing");
  }

  private static ApiFailure grantRefused(String why) {
    return new ApiFailure(401, GRANT_REFUSED, "The authorization grant is invalid: " + why);
  }

  private ObjectNode exchange(SimulatedApp app, QueryText form, Instant now) {
    String code = required(form, "code");
    String redirectUri = required(form, "redirect_uri");
    List<String> fields =
        signer.open(code).map(text -> List.of(text.split(SEPARATOR, -1))).orElse(List.of());
    if (fields.size() != 7
        || !fields.getFirst().equals("code")
        || !fields.get(1).equals(app.clientId())) {
      throw ApiFailure.invalid("Invalid authorization code");
    }
    long endMillis = Long.parseLong(fields.get(5));
    if (endMillis <= now.toEpochMilli()) {
      throw ApiFailure.invalid("The authorization code has expired");
    }
    if (!fields.get(2).equals(redirectUri)) {
      throw ApiFailure.invalid("redirect_uri is not the one the code was issued for");
    }
    String grantId = signer.mark(code);
    if (state.usedCodes.putIfAbsent(grantId, endMillis) != null) {
      throw ApiFailure.invalid("The authorization code was used before");
    }
    boolean continuous =
        app.continuousByDefault()
            || form.first("continuous_refresh").filter("true"::equals).isPresent();
    var grant = new Grant();
    grant.rotatedAtMillis = now.toEpochMilli();
    state.grants.put(grantId, grant);
    state.save(now.toEpochMilli());
    return answer(
        "authorization_code",
        app.clientId(),
        fields.get(4),
        grantId,
        0,
        fields.get(3),
        continuous,
        now);
  }

  private ObjectNode refresh(SimulatedApp app, QueryText form, Instant now) {
    Token token = open(required(form, "refresh_token"), REFRESH_PREFIX).orElse(null);
    if (token == null || !token.clientId.equals(app.clientId())) {
      throw grantRefused("the refresh token is not valid");
    }
    if (token.endMillis <= now.toEpochMilli()) {
      throw grantRefused("the refresh token has expired");
    }
    // Without memory of the grant (a start without data directory) any generation is the newest.
    Grant grant = state.grants.computeIfAbsent(token.grantId, absent -> newGrant(token));
    boolean withinGrace =
        token.generation == grant.generation - 1
            && grant.rotatedAtMillis + settings.rotationGrace().toMillis() > now.toEpochMilli();
    if (grant.revoked || (token.generation != grant.generation && !withinGrace)) {
      throw grantRefused("the refresh token was replaced or revoked");
    }
    var granted = new LinkedHashSet<>(Scopes.split(token.scopes));
    Set<String> asked = form.first("scope").map(Scopes::split).orElse(granted);
    if (!granted.containsAll(asked)) {
      throw ApiFailure.invalid("Invalid scope: a refresh cannot add to what was granted");
    }
    grant.generation++;
    grant.rotatedAtMillis = now.toEpochMilli();
    state.save(now.toEpochMilli());
    return answer(
        "refresh_token",
        app.clientId(),
        token.userId,
        token.grantId,
        grant.generation,
        String.join(" ", asked),
        true,
        now);
  }

  private static Grant newGrant(Token token) {
    var grant = new Grant();
    grant.generation = token.generation;
    return grant;
  }

  private ObjectNode answer(
      String responseType,
      String clientId,
      String userId,
      String grantId,
      int generation,
      String scopes,
      boolean withRefreshToken,
      Instant now) {
    long accessSeconds = settings.accessTokenLifetime().toSeconds();
    long refreshSeconds = settings.refreshTokenLifetime().toSeconds();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("response_type", responseType);
    json.put(
        "access_token",
        seal(ACCESS_PREFIX, clientId, userId, grantId, generation, accessSeconds, scopes, now));
    json.put("token_type", "bearer");
    json.put("expires_in", accessSeconds);
    json.put("scope", scopes);
    if (withRefreshToken) {
      json.put(
          "refresh_token",
          seal(REFRESH_PREFIX, clientId, userId, grantId, generation, refreshSeconds, scopes, now));
      json.put("refresh_token_expires_in", refreshSeconds);
      json.put("refresh_token_expires_at", now.getEpochSecond() + refreshSeconds);
    }
    return json;
  }

  private String seal(
      String prefix,
      String clientId,
      String userId,
      String grantId,
      int generation,
      long seconds,
      String scopes,
      Instant now) {
    return prefix
        + signer.seal(
            String.join(
                SEPARATOR,
                prefix,
                clientId,
                userId,
                grantId,
                Integer.toString(generation),
                Long.toString(now.toEpochMilli() + seconds * 1_000),
                scopes));
  }

  private Optional<Token> open(String text, String prefix) {
    if (!text.startsWith(prefix)) {
      return Optional.empty();
    }
    List<String> fields =
        signer
            .open(text.substring(prefix.length()))
            .map(payload -> List.of(payload.split(SEPARATOR, -1)))
            .orElse(List.of());
    if (fields.size() != 7 || !fields.getFirst().equals(prefix)) {
      return Optional.empty();
    }
    return Optional.of(
        new Token(
            prefix,
            fields.get(1),
            fields.get(2),
            fields.get(3),
            Integer.parseInt(fields.get(4)),
            Long.parseLong(fields.get(5)),
            fields.get(6)));
  }

  /** Returns whom a request's bearer token speaks for, or refuses it with 401 and code 2. */
  Session authenticate(Optional<String> authorization, Instant now) {
    String text =
        authorization
            .filter(value -> value.regionMatches(true, 0, "Bearer ", 0, 7))
            .map(value -> value.substring(7))
            .orElseThrow(() -> new ApiFailure(401, 2, "Authentication failed: no access token"));
    Token token =
        open(text, ACCESS_PREFIX)
            .filter(known -> app(known.clientId).isPresent())
            .orElseThrow(
                () ->
                    new ApiFailure(401, 2, "Authentication failed: the access token is not valid"));
    if (token.endMillis <= now.toEpochMilli()) {
      throw new ApiFailure(401, 2, "Authentication failed: the access token has expired");
    }
    Grant grant = state.grants.get(token.grantId);
    if (grant != null && (grant.revoked || token.generation <= grant.accessRevokedThrough)) {
      throw new ApiFailure(401, 2, "Authentication failed: the access token was revoked");
    }
    return new Session(
        token.clientId,
        token.userId,
        Set.copyOf(Scopes.split(token.scopes)),
        token.grantId,
        token.generation);
  }

  /** Ends all access tokens of a consent issued so far, or the consent with its refresh token. */
  void revoke(Session session, boolean refreshTokenToo, Instant now) {
    Grant grant = state.grants.computeIfAbsent(session.grantId(), absent -> new Grant());
    grant.generation = Math.max(grant.generation, session.generation());
    grant.accessRevokedThrough = grant.generation;
    grant.revoked |= refreshTokenToo;
    state.save(now.toEpochMilli());
  }

  /** Issues an access token for a user without a browser, for tests of anything but OAuth. */
  String issueAccessToken(SimulatedApp app, Person user, Set<String> scopes, Instant now) {
    serial++;
    String grantId = signer.mark("direct " + now.toEpochMilli() + " " + serial);
    return seal(
        ACCESS_PREFIX,
        app.clientId(),
        Long.toString(user.id),
        grantId,
        0,
        settings.accessTokenLifetime().toSeconds(),
        String.join(" ", new ArrayList<>(scopes)),
        now);
  }

  private static String required(QueryText form, String name) {
    return form.first(name)
        .filter(value -> !value.isEmpty())
        .orElseThrow(() -> ApiFailure.invalid("Missing parameter '" + name + "'"));
  }
}
