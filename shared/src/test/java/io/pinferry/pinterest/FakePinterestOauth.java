package io.pinferry.pinterest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.TransportFailure;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pinterest's token endpoint and user account, strict about what it is sent: codes and refresh
 * tokens are good for one use. Answers can be put in front of its own.
 */
public final class FakePinterestOauth implements HttpTransport {
  public static final URI AUTHORIZE_URL = URI.create("https://pinterest.test/oauth/");
  public static final URI TOKEN_URL = URI.create("https://api.pinterest.test/v5/oauth/token");
  public static final URI API_URL = URI.create("https://api.pinterest.test");
  public static final String CLIENT_ID = "1500000";
  public static final String CLIENT_SECRET = "app-secret";

  private final Clock clock;
  private final Map<String, String> userOfCode = new HashMap<>();
  private final Map<String, String> userOfRefreshToken = new HashMap<>();
  private final Map<String, String> userOfAccessToken = new HashMap<>();
  private final Deque<Step> steps = new ArrayDeque<>();
  private final List<Map<String, String>> tokenRequests = new ArrayList<>();
  private String scope = "boards:read,pins:read,user_accounts:read";
  private long accessSeconds = 2_592_000;
  private int count;

  private record Step(@Nullable Runnable meanwhile, @Nullable HttpAnswer answer, boolean lost) {}

  public FakePinterestOauth(Clock clock) {
    this.clock = clock;
  }

  /** Returns the client under test, which talks to this. */
  public PinterestOauth client() {
    return new PinterestOauth(this, AUTHORIZE_URL, TOKEN_URL, API_URL, clock);
  }

  /** Makes a code that a user's consent leads to. */
  public String codeOf(String user) {
    count++;
    String code = "code-" + count;
    userOfCode.put(code, user);
    return code;
  }

  /** Makes a refresh token as if it had been granted long ago. */
  public String refreshTokenOf(String user) {
    count++;
    String token = "pinr_refresh" + count;
    userOfRefreshToken.put(token, user);
    return token;
  }

  /** Refuses the refresh tokens of a user from now on. */
  public void revoke(String user) {
    userOfRefreshToken.values().removeIf(user::equals);
  }

  public void grantOnly(String scopes) {
    scope = scopes;
  }

  public void accessTokensLast(long seconds) {
    accessSeconds = seconds;
  }

  /** Answers the next token request so. */
  public void answerNext(int status, String body) {
    steps.add(
        new Step(
            null,
            new HttpAnswer(
                status, Map.of("x-pinterest-rid", List.of("77")), body.getBytes(UTF_8), false),
            false));
  }

  /** Handles the next token request, but its answer gets lost. */
  public void loseNextAnswer() {
    steps.add(new Step(null, null, true));
  }

  /** Lets something happen while the next token request is on its way. */
  public void meanwhile(Runnable action) {
    steps.add(new Step(action, null, false));
  }

  /** Returns the forms of all token requests, each name once. */
  public List<Map<String, String>> tokenRequests() {
    return List.copyOf(tokenRequests);
  }

  /** Makes an access token that was issued elsewhere. */
  public void issued(String accessToken, String user) {
    userOfAccessToken.put(accessToken, user);
  }

  @Override
  public HttpAnswer send(HttpCall call) throws TransportFailure {
    if (call.uri().equals(TOKEN_URL)) {
      return token(call);
    }
    if (call.uri().equals(API_URL.resolve("/v5/user_account")) && call.method().equals("GET")) {
      String token = header(call, "authorization").replaceFirst("^Bearer ", "");
      String user = userOfAccessToken.get(token);
      return user == null
          ? answer(401, Json.object().put("code", 2).put("message", "Authentication failed."))
          : answer(200, Json.object().put("id", user).put("username", "u" + user));
    }
    throw new IllegalStateException("nothing is at " + call);
  }

  private HttpAnswer token(HttpCall call) throws TransportFailure {
    Map<String, String> form = form(call);
    tokenRequests.add(form);
    Step step = steps.poll();
    if (step != null && step.meanwhile() != null) {
      step.meanwhile().run();
    }
    if (step != null && step.answer() != null) {
      return step.answer();
    }
    HttpAnswer answer = token(call, form);
    if (step != null && step.lost()) {
      throw new TransportFailure("the connection broke", true, new IOException("reset"));
    }
    return answer;
  }

  private HttpAnswer token(HttpCall call, Map<String, String> form) {
    String credentials =
        Base64.getEncoder().encodeToString((CLIENT_ID + ":" + CLIENT_SECRET).getBytes(UTF_8));
    if (!call.method().equals("POST")
        || !header(call, "authorization").equals("Basic " + credentials)
        || !header(call, "content-type").equals("application/x-www-form-urlencoded")) {
      return answer(401, Json.object().put("code", 2).put("message", "Authentication failed."));
    }
    String user =
        switch (form.getOrDefault("grant_type", "")) {
          case "authorization_code" ->
              form.containsKey("redirect_uri") ? userOfCode.remove(form.get("code")) : null;
          case "refresh_token" -> userOfRefreshToken.remove(form.get("refresh_token"));
          default -> null;
        };
    if (user == null || !"true".equals(form.get("continuous_refresh"))) {
      return answer(400, Json.object().put("code", 283).put("message", "Invalid grant."));
    }
    count++;
    String accessToken = "pina_access" + count;
    userOfAccessToken.put(accessToken, user);
    ObjectNode json = Json.object();
    json.put("access_token", accessToken);
    json.put("token_type", "bearer");
    json.put("expires_in", accessSeconds);
    json.put("scope", scope);
    json.put("refresh_token", refreshTokenOf(user));
    json.put("refresh_token_expires_in", 5_184_000);
    json.put("refresh_token_expires_at", clock.instant().getEpochSecond() + 5_184_000);
    return answer(200, json);
  }

  private static String header(HttpCall call, String name) {
    return call.headers().getOrDefault(name, "");
  }

  private static Map<String, String> form(HttpCall call) {
    Map<String, String> form = new LinkedHashMap<>();
    byte[] body = call.body();
    String text = body == null ? "" : new String(body, UTF_8);
    Arrays.stream(text.split("&"))
        .map(pair -> pair.split("=", 2))
        .forEach(
            pair -> form.put(URLDecoder.decode(pair[0], UTF_8), URLDecoder.decode(pair[1], UTF_8)));
    return form;
  }

  private static HttpAnswer answer(int status, ObjectNode json) {
    return new HttpAnswer(status, Map.of(), Json.bytes(json), false);
  }
}
