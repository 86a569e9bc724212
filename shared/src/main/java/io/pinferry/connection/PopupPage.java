package io.pinferry.connection;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.ShownText;
import io.pinferry.connection.OauthCallback.Outcome;
import io.pinferry.http.ApiResponse;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The pages that a customer sees before and after Pinterest.
 *
 * <p>The page before is for a link that a product sends to a customer. It says what will be
 * connected to whom, and leads on to Pinterest.
 *
 * <p>The page after comes with the return from Pinterest. In a popup it posts exactly one message
 * with the result to the page that opened it, since the published component closes the popup after
 * the first message. Without an opener the customer can read the page. As long as there is no
 * result, the page posts nothing and loads itself again.
 *
 * <p>The message goes to any origin: this page does not know its opener, and the message holds only
 * the id of a connection or a text for people; neither is a credential. There is no
 * Cross-Origin-Opener-Policy, since it would separate the page from its opener.
 */
final class PopupPage {
  private static final Look CONNECTED = new Look("connected", "✓");
  private static final Look FAILED = new Look("failed", "!");

  /** A hint, since the component's button stays disabled after a failure. */
  private static final String AGAIN_AT_OPENER = " To try again, reload this page and connect.";

  private static final String AGAIN_HERE =
      " To try again, close this window, reload the page that you came from, and connect.";

  /** A window can lose its opener on the way, and then the page that waits learns nothing. */
  private static final String BACK =
      " Go back to the page that you came from. If it still waits, press Next or reload it.";

  private static final Look PENDING = new Look("pending", "…");

  /** The seconds after which the page looks for the result again. */
  private static final int RELOAD_SECONDS = 2;

  private static final Look BEFORE = new Look("pending", "→");

  private record Look(String style, String sign) {}

  private PopupPage() {}

  /**
   * Returns the page before Pinterest.
   *
   * @param product the name of the product that gets access
   * @param group the customer of the product that the account is connected for
   * @param nonce a random text for the content security policy
   */
  static ApiResponse before(String product, String group, URI authorizeUrl, String nonce) {
    String party = ShownText.isolated(group);
    String text =
        "%s asks for access to your Pinterest account, for %s."
            .formatted(ShownText.isolated(product), party);
    String rest =
        """
        <p class="next"><a href="%s">Continue to Pinterest</a></p>
        <p>If you did not ask for this, or %s is not you, close this window.</p>
        """
            .formatted(escape(authorizeUrl.toString()), escape(party));
    return secured(
        ApiResponse.html(200, html(BEFORE, "Connect Pinterest", text, rest, nonce)),
        new LinkedHashMap<>(),
        nonce);
  }

  /**
   * Returns the page after Pinterest.
   *
   * @param nonce a random text for the content security policy; only the script and style of this
   *     page have it
   */
  static ApiResponse of(Outcome outcome, String nonce) {
    ObjectNode message = Json.object();
    ApiResponse response =
        switch (outcome) {
          case Outcome.Success connected -> {
            message.put("eventType", "AUTHORIZATION_SUCCEEDED");
            message.putObject("data").put("connection", connected.connection().value());
            yield ApiResponse.html(
                200,
                html(
                    CONNECTED,
                    "Connected",
                    connected.text() + " You can close this window.",
                    connected.text() + BACK,
                    message,
                    nonce));
          }
          case Outcome.Failure failed -> {
            message.put("eventType", "AUTHORIZATION_FAILED");
            // Pinterest's words can be a part of it, and anybody can write them into the address.
            String text = ShownText.visible(failed.text());
            String told = text + AGAIN_AT_OPENER;
            // One of the two windows of the component shows data.error, the other one shows
            // message.
            message.putObject("data").put("error", told);
            message.put("message", told);
            yield ApiResponse.html(
                failed.status(),
                html(
                    FAILED, "Not connected", text + AGAIN_HERE, text + AGAIN_HERE, message, nonce));
          }
          case Outcome.Pending _ ->
              ApiResponse.html(
                  200, html(PENDING, "Connecting", "The account is being connected.", "", nonce));
        };
    Map<String, String> headers = new LinkedHashMap<>();
    if (outcome instanceof Outcome.Pending) {
      headers.put("refresh", String.valueOf(RELOAD_SECONDS));
    }
    return secured(response, headers, nonce);
  }

  private static ApiResponse secured(
      ApiResponse response, Map<String, String> headers, String nonce) {
    headers.putAll(response.headers());
    headers.put(
        "content-security-policy",
        ("default-src 'none'; script-src 'nonce-%s'; style-src 'nonce-%s'; base-uri"
                + " 'none'; form-action 'none'; frame-ancestors 'none'")
            .formatted(nonce, nonce));
    // The address holds the state or the code, so no referrer is sent.
    headers.put("referrer-policy", "no-referrer");
    headers.put("x-content-type-options", "nosniff");
    return new ApiResponse(response.status(), headers, response.contentType(), response.body());
  }

  private static String html(
      Look look, String title, String text, String alone, ObjectNode message, String nonce) {
    // The message is in an attribute, so that it only needs escaping for HTML.
    String script =
        """
        <script nonce="%1$s" data-message="%2$s" data-alone="%3$s">
        const data = document.currentScript.dataset;
        if (window.opener) { window.opener.postMessage(JSON.parse(data.message), "*"); }
        else { document.getElementById("text").textContent = data.alone; }
        </script>
        """
            .formatted(escape(nonce), escape(Json.text(message)), escape(alone));
    return html(look, title, text, script, nonce);
  }

  private static String html(Look look, String title, String text, String rest, String nonce) {
    return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>%1$s</title>
    <style nonce="%3$s">
    html { color-scheme: light dark; }
    body { font: 16px/1.5 system-ui, sans-serif; margin: 18vh auto; max-width: 26em; padding: 0 1.5em; text-align: center; }
    .sign { display: inline-block; width: 2em; height: 2em; border-radius: 50%%; font-size: 1.6em; line-height: 2em; color: #fff; background: #1a7f37; }
    .failed .sign { background: #c1121f; }
    .pending .sign { background: #6e7781; }
    h1 { font-size: 1.5em; margin: 0.7em 0 0.3em; }
    p { margin: 0; opacity: 0.8; }
    .next { margin: 1.5em 0; opacity: 1; }
    a { display: inline-block; padding: 0.5em 1.2em; border-radius: 1.5em; color: #fff; background: #1a7f37; text-decoration: none; }
    </style>
    </head>
    <body class="%4$s">
    <div class="sign" aria-hidden="true">%5$s</div>
    <h1>%1$s</h1>
    <p id="text">%2$s</p>
    %6$s</body>
    </html>
    """
        .formatted(escape(title), escape(text), escape(nonce), look.style(), look.sign(), rest);
  }

  static String escape(String text) {
    var escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }
}
