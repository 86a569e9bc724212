package io.pinferry.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.connection.OauthCallback.Outcome;
import io.pinferry.directory.ConnectionId;
import io.pinferry.http.ApiResponse;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class PopupPageTest {
  private static final Outcome CONNECTED =
      new Outcome.Success(
          new ConnectionId("5d0c5c3e-0a3b-4b0e-9b0a-1f6f3d6d7a10"),
          "The Pinterest account u42 is connected to Shop for <Blue>.");

  @Test
  void successIsToldAsTheComponentExpectsIt() {
    ApiResponse page = PopupPage.of(CONNECTED, "n0nce");

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.contentType()).isEqualTo("text/html; charset=utf-8");
    assertThat(message(page))
        .isEqualTo(
            Json.trusted(
                "{\"eventType\":\"AUTHORIZATION_SUCCEEDED\",\"data\":{\"connection\":"
                    + "\"5d0c5c3e-0a3b-4b0e-9b0a-1f6f3d6d7a10\"}}"));
    assertThat(html(page))
        .contains("The Pinterest account u42 is connected to Shop for &lt;Blue&gt;. You can close")
        .contains("If it still waits, press Next or reload it.");
  }

  @Test
  void failureIsToldForBothWindowsOfTheComponent() {
    ApiResponse page = PopupPage.of(new Outcome.Failure(400, "Access was declined."), "n0nce");

    assertThat(page.status()).isEqualTo(400);
    assertThat(message(page))
        .isEqualTo(
            Json.trusted(
                "{\"eventType\":\"AUTHORIZATION_FAILED\",\"data\":{\"error\":"
                    + "\"Access was declined. To try again, reload this page and connect.\"},"
                    + "\"message\":"
                    + "\"Access was declined. To try again, reload this page and connect.\"}"));
    assertThat(html(page)).contains(">Access was declined. To try again, close this window,");
  }

  @Test
  void asLongAsThereIsNoResultNothingIsPostedAndThePageLoadsAgain() {
    ApiResponse page = PopupPage.of(new Outcome.Pending(), "n0nce");

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.headers()).containsEntry("refresh", "2");
    assertThat(html(page))
        .contains("The account is being connected.")
        .doesNotContain("postMessage")
        .doesNotContain("AUTHORIZATION_")
        .doesNotContainIgnoringCase("try again");
    assertThat(PopupPage.of(CONNECTED, "n0nce").headers()).doesNotContainKey("refresh");
  }

  @Test
  void exactlyOneMessageIsPosted() {
    assertThat(html(PopupPage.of(CONNECTED, "n0nce")).split("postMessage", -1)).hasSize(2);
  }

  @Test
  void foreignTextCannotBecomeMarkup() {
    String evil = "\"><script>alert('1')</script>&amp;<!--";
    ApiResponse page = PopupPage.of(new Outcome.Failure(502, evil), "n0nce");

    assertThat(html(page).split("<script", -1)).hasSize(2);
    assertThat(html(page)).doesNotContain("<!--");
    assertThat(message(page).path("message").textValue()).startsWith(evil);
  }

  @Test
  void noNameChangesTheSentenceAroundIt() throws URISyntaxException {
    String evil = "Shop\u202E\u2066\u200B";
    var address = new URI("https://www.pinterest.com/oauth/");

    assertThat(html(PopupPage.before(evil, evil, address, "n0nce")))
        .contains(
            "Shop\uFFFD\uFFFD\uFFFD asks for access to your Pinterest account,"
                + " for Shop\uFFFD\uFFFD\uFFFD.")
        .contains("or Shop\uFFFD\uFFFD\uFFFD is not you")
        .doesNotContainPattern("[\u202A-\u202E\u2066-\u2069\u200B]");
    assertThat(html(PopupPage.before("Shop", "\u05D7\u05E0", address, "n0nce")))
        .contains("for \u2068\u05D7\u05E0\u2069.")
        .contains("or \u2068\u05D7\u05E0\u2069 is not you");
    ApiResponse failed = PopupPage.of(new Outcome.Failure(502, evil), "n0nce");
    assertThat(html(failed)).doesNotContainPattern("[\u202A-\u202E\u2066-\u2069\u200B]");
    assertThat(message(failed).path("message").textValue()).startsWith("Shop\uFFFD\uFFFD\uFFFD ");
  }

  @Test
  void onlyThePagesOwnScriptMayRun() {
    ApiResponse page = PopupPage.of(CONNECTED, "n0nce");

    assertThat(page.headers().get("content-security-policy"))
        .startsWith("default-src 'none'; script-src 'nonce-n0nce';")
        .doesNotContain("unsafe");
    assertThat(html(page)).contains("<script nonce=\"n0nce\"");
    assertThat(page.headers()).containsEntry("referrer-policy", "no-referrer");
  }

  @Test
  void thePageKeepsItsOpener() {
    assertThat(PopupPage.of(CONNECTED, "n0nce").headers())
        .doesNotContainKey("cross-origin-opener-policy")
        .doesNotContainKey("location");
  }

  private static String html(ApiResponse page) {
    assertThat(page.body()).isInstanceOf(ApiResponse.Body.Text.class);
    return page.body() instanceof ApiResponse.Body.Text text ? text.value() : "";
  }

  private static JsonNode message(ApiResponse page) {
    Matcher attribute = Pattern.compile("data-message=\"([^\"]*)\"").matcher(html(page));
    assertThat(attribute.find()).isTrue();
    return Json.trusted(
        attribute
            .group(1)
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"));
  }
}
