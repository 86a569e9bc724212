package io.pinferry.pinterest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.CodePoints;
import io.pinferry.base.Json;
import io.pinferry.base.Redaction;
import io.pinferry.base.Secret;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.TransportFailure;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Pinterest's OAuth: the address where customers grant access, the exchange of codes and refresh
 * tokens, and the user of a token. It never retries.
 *
 * <p>There is no PKCE; the client authenticates with HTTP Basic. Scopes are separated by commas.
 *
 * @see <a
 *     href="https://developers.pinterest.com/docs/getting-started/set-up-authentication-and-authorization/">Set
 *     up authentication and authorization</a>
 */
public final class PinterestOauth {
  /** The contract's name of Pinterest. */
  public static final String PROVIDER = "pinterest";

  /** The scope that is needed to ask for the user of a token. */
  public static final String USER_ACCOUNT_SCOPE = "user_accounts:read";

  /** The parameters of the authorize URL that only Pinferry sets. */
  public static final List<String> RESERVED_PARAMETERS =
      List.of("client_id", "redirect_uri", "response_type", "scope", "state");

  private static final String USER_ACCOUNT_PATH = "/v5/user_account";
  private static final Duration TIMEOUT = Duration.ofSeconds(12);
  private static final int ANSWER_BYTES_MAX = 64 * 1024;
  private static final int MESSAGE_LENGTH_MAX = 300;

  private static final String INVALID_GRANT = "invalid_grant";

  /** The words of RFC 6749 for an app whose id or secret is wrong, or that may do nothing here. */
  private static final List<String> INVALID_CLIENT =
      List.of("invalid_client", "unauthorized_client");

  /** Pinterest's code for a request whose credentials are wrong; here those of the app. */
  private static final int AUTHENTICATION_FAILED = 2;

  /** A code that Pinterest has never issued. */
  private static final Secret NO_CODE = new Secret("pinferry-checks-the-app");

  private static final URI NO_ADDRESS = URI.create("https://localhost/");

  private final HttpTransport transport;
  private final URI authorizeUrl;
  private final URI tokenUrl;
  private final URI apiUrl;
  private final InstantSource clock;

  /**
   * Makes a client.
   *
   * @param authorizeUrl where customers grant access, without a query
   * @param tokenUrl where codes and refresh tokens are exchanged
   * @param apiUrl the API's origin
   */
  public PinterestOauth(
      HttpTransport transport, URI authorizeUrl, URI tokenUrl, URI apiUrl, InstantSource clock) {
    this.transport = transport;
    this.authorizeUrl = authorizeUrl;
    this.tokenUrl = tokenUrl;
    this.apiUrl = apiUrl;
    this.clock = clock;
  }

  /** An app's credentials at Pinterest. */
  public record Client(String id, Secret secret) {}

  /** The result of a token request. */
  public sealed interface TokenAnswer {
    /**
     * Tokens.
     *
     * @param refreshToken null if Pinterest sent none; then the old refresh token stays valid
     * @param accessExpiresAt null if Pinterest did not say
     * @param refreshExpiresAt null if Pinterest did not say
     * @param scopes the granted scopes; empty if Pinterest did not say
     */
    record Tokens(
        Secret accessToken,
        @Nullable Secret refreshToken,
        @Nullable Instant accessExpiresAt,
        @Nullable Instant refreshExpiresAt,
        List<String> scopes)
        implements TokenAnswer {}

    /**
     * Pinterest does not accept the code or the refresh token. A retry does not help.
     *
     * @param message Pinterest's message, code and request id
     */
    record Refusal(int status, String message) implements TokenAnswer {}

    /**
     * Pinterest does not accept the app: its id or secret is wrong, or it may not do this. This
     * says nothing about the code or the refresh token.
     *
     * @param ofCredentials whether Pinterest says that the id or the secret is wrong, in its words
     *     or in those of RFC 6749
     * @param message Pinterest's message, code and request id
     */
    record AppRefusal(int status, boolean ofCredentials, String message) implements TokenAnswer {}

    /**
     * There was no usable answer. A retry may help.
     *
     * @param message what happened
     * @param retryAt when a retry may succeed; null if Pinterest did not say
     */
    record Outage(String message, @Nullable Instant retryAt) implements TokenAnswer {}
  }

  /**
   * Returns the address to which the customer's browser goes.
   *
   * @param scopes the scopes to ask for, in this order
   * @param more further parameters; those of {@link #RESERVED_PARAMETERS} are left out
   */
  public URI authorizeUrl(
      String clientId,
      URI redirectUri,
      List<String> scopes,
      String state,
      Map<String, List<String>> more) {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    parameters.put("client_id", List.of(clientId));
    parameters.put("redirect_uri", List.of(redirectUri.toString()));
    parameters.put("response_type", List.of("code"));
    parameters.put("scope", List.of(String.join(",", scopes)));
    parameters.put("state", List.of(state));
    new TreeMap<>(more).forEach(parameters::putIfAbsent);
    return URI.create(authorizeUrl + "?" + form(parameters));
  }

  /**
   * Exchanges a code for tokens.
   *
   * @param redirectUri exactly the one of the authorize URL
   */
  public TokenAnswer exchange(Client client, Secret code, URI redirectUri) {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    parameters.put("grant_type", List.of("authorization_code"));
    parameters.put("code", List.of(code.value()));
    parameters.put("redirect_uri", List.of(redirectUri.toString()));
    // Without it, apps older than 25 September 2025 get a refresh token that cannot be renewed.
    parameters.put("continuous_refresh", List.of("true"));
    return token(client, parameters);
  }

  /** Exchanges a refresh token for new tokens. The old refresh token may become invalid. */
  public TokenAnswer refresh(Client client, Secret refreshToken) {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    parameters.put("grant_type", List.of("refresh_token"));
    parameters.put("refresh_token", List.of(refreshToken.value()));
    parameters.put("continuous_refresh", List.of("true"));
    return token(client, parameters);
  }

  /**
   * Finds out whether Pinterest refuses the credentials of an app. It exchanges a code that was
   * never issued: Pinterest checks the app first, so a refusal of the code says that the app is
   * accepted.
   *
   * @return Pinterest's refusal; empty if it accepts the app, or if that is unknown. Only one with
   *     {@link TokenAnswer.AppRefusal#ofCredentials} is about the app for certain: nobody knows
   *     what else Pinterest may answer to such a code
   */
  public Optional<TokenAnswer.AppRefusal> findAppRefusal(Client client) {
    return exchange(client, NO_CODE, NO_ADDRESS) instanceof TokenAnswer.AppRefusal refusal
        ? Optional.of(refusal)
        : Optional.empty();
  }

  /**
   * The user of a token.
   *
   * @param name the user name on Pinterest's pages; null if Pinterest does not say
   */
  public record User(String id, @Nullable String name) {}

  /**
   * Pinterest's answer to the question for the user of a token.
   *
   * @param user null if Pinterest does not answer with one
   * @param rejection Pinterest's words if it does not know the token, null otherwise
   */
  public record TokenOwner(@Nullable User user, @Nullable String rejection) {
    private static final TokenOwner UNKNOWN = new TokenOwner(null, null);
  }

  /** Returns the user of a token; empty if Pinterest does not answer with one. */
  public Optional<User> findUser(Secret accessToken) {
    return Optional.ofNullable(ownerOf(accessToken).user());
  }

  /** Asks Pinterest for the user of a token. A token may be valid without that permission. */
  public TokenOwner ownerOf(Secret accessToken) {
    var call =
        new HttpCall(
            "GET",
            apiUrl.resolve(USER_ACCOUNT_PATH),
            Map.of("authorization", "Bearer " + accessToken.value(), "accept", "application/json"),
            null,
            TIMEOUT,
            ANSWER_BYTES_MAX);
    try {
      HttpAnswer answer = transport.send(call);
      if (answer.status() != 200) {
        PinterestFailure failure =
            PinterestAnswers.failure(answer, RateLimits.of(answer), clock.instant());
        return failure.kind() == PinterestFailure.Kind.TOKEN_REJECTED
            ? new TokenOwner(null, failure.message())
            : TokenOwner.UNKNOWN;
      }
      JsonNode user = json(answer);
      String id = user.path("id").asText();
      return id.isEmpty()
          ? TokenOwner.UNKNOWN
          : new TokenOwner(new User(id, user.path("username").textValue()), null);
    } catch (TransportFailure e) {
      // A connection works without its user.
      return TokenOwner.UNKNOWN;
    }
  }

  private TokenAnswer token(Client client, Map<String, List<String>> parameters) {
    String credentials = client.id() + ":" + client.secret().value();
    var call =
        new HttpCall(
            "POST",
            tokenUrl,
            Map.of(
                "authorization",
                "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8)),
                "content-type",
                "application/x-www-form-urlencoded",
                "accept",
                "application/json"),
            form(parameters).getBytes(UTF_8),
            TIMEOUT,
            ANSWER_BYTES_MAX);
    Instant before = clock.instant();
    HttpAnswer answer;
    try {
      answer = transport.send(call);
    } catch (TransportFailure e) {
      return new TokenAnswer.Outage(String.valueOf(e.getMessage()), null);
    }
    return read(answer, before);
  }

  /**
   * Reads an answer of the token endpoint.
   *
   * @param before an instant before the answer, so that no token is used for too long
   */
  private static TokenAnswer read(HttpAnswer answer, Instant before) {
    JsonNode json = json(answer);
    int status = answer.status();
    if (status == 200 && json.path("access_token").isTextual()) {
      return granted(json, before);
    }
    String message = describe(answer, json);
    if (status == 429) {
      Instant retryAt = PinterestAnswers.retryAt(answer, RateLimits.of(answer), before);
      return new TokenAnswer.Outage(message, retryAt);
    }
    return switch (PinterestAnswers.senderOfTokenError(json)) {
      case EDGE -> new TokenAnswer.Outage(message, null);
      case PINTEREST -> refusal(status, message, json);
    };
  }

  /**
   * Decides what Pinterest refuses. Only a grant that it calls invalid, or a bad request about the
   * grant, is a refusal of the grant. 401 with code 2 and 403 are about the app, since nothing else
   * authenticates at the token endpoint.
   */
  private static TokenAnswer refusal(int status, String message, JsonNode json) {
    String word = json.path(PinterestAnswers.OAUTH_ERROR).asText();
    boolean ofCredentials =
        INVALID_CLIENT.contains(word)
            || (status == 401
                && word.isEmpty()
                && json.path("code").intValue() == AUTHENTICATION_FAILED);
    boolean ofGrant = word.equals(INVALID_GRANT) || (word.isEmpty() && !ofCredentials);
    return switch (status) {
      case 400, 401 ->
          ofGrant
              ? new TokenAnswer.Refusal(status, message)
              : new TokenAnswer.AppRefusal(status, ofCredentials, message);
      case 403 -> new TokenAnswer.AppRefusal(status, ofCredentials, message);
      default -> new TokenAnswer.Outage(message, null);
    };
  }

  private static TokenAnswer granted(JsonNode json, Instant before) {
    JsonNode refreshToken = json.path("refresh_token");
    Instant refreshExpiresAt =
        json.path("refresh_token_expires_at").canConvertToLong()
            ? Instant.ofEpochSecond(json.path("refresh_token_expires_at").longValue())
            : after(before, json.path("refresh_token_expires_in"));
    return new TokenAnswer.Tokens(
        new Secret(json.path("access_token").textValue()),
        refreshToken.isTextual() ? new Secret(refreshToken.textValue()) : null,
        after(before, json.path("expires_in")),
        refreshExpiresAt,
        scopes(json.path("scope").asText()));
  }

  private static @Nullable Instant after(Instant before, JsonNode seconds) {
    return seconds.isIntegralNumber() && seconds.canConvertToInt()
        ? before.plusSeconds(seconds.intValue())
        : null;
  }

  /** Pinterest separates scopes by commas, RFC 6749 by blanks. */
  private static List<String> scopes(String text) {
    return Arrays.stream(text.split("[\\s,]+")).filter(scope -> !scope.isEmpty()).toList();
  }

  /** Reads errors of both shapes that Pinterest uses: its own and that of RFC 6749. */
  private static String describe(HttpAnswer answer, JsonNode json) {
    var text = new StringBuilder("Pinterest answered ").append(answer.status());
    if (json.path("code").isInt()) {
      text.append(" code ").append(json.path("code").intValue());
    }
    answer
        .header("x-pinterest-rid")
        .ifPresent(requestId -> text.append(" (request ").append(requestId).append(')'));
    String words =
        json.path("message").isTextual()
            ? json.path("message").textValue()
            : (json.path("error").asText() + " " + json.path("error_description").asText()).strip();
    if (!words.isEmpty()) {
      text.append(": ").append(CodePoints.clipped(words, MESSAGE_LENGTH_MAX));
    }
    return Redaction.apply(text.toString());
  }

  private static JsonNode json(HttpAnswer answer) {
    try {
      return Json.parse(answer.body());
    } catch (IOException notJson) {
      return Json.object();
    }
  }

  private static String form(Map<String, List<String>> parameters) {
    return parameters.entrySet().stream()
        .flatMap(
            parameter ->
                parameter.getValue().stream()
                    .map(
                        value ->
                            URLEncoder.encode(parameter.getKey(), UTF_8)
                                + "="
                                + URLEncoder.encode(value, UTF_8)))
        .collect(Collectors.joining("&"));
  }
}
