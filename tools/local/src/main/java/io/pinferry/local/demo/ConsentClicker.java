package io.pinferry.local.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Goes through the OAuth pages as a person with a browser does: opens the authorize page, presses
 * "Give access", and follows the redirect to Pinferry's callback.
 */
public final class ConsentClicker {
  private static final Pattern HIDDEN =
      Pattern.compile("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">");

  private final HttpClient http;

  /**
   * @param http follows no redirects
   */
  public ConsentClicker(HttpClient http) {
    this.http = http;
  }

  /**
   * Gives consent.
   *
   * @throws IllegalStateException if a page on the way is not what was expected; the message shows
   *     it
   */
  public void giveAccess(URI authorizeUrl) throws IOException, InterruptedException {
    HttpResponse<String> page = get(authorizeUrl);
    require(page.statusCode() == 200, "the authorize page", page);
    List<String> fields = new ArrayList<>(List.of("decision=approve"));
    Matcher hidden = HIDDEN.matcher(page.body());
    while (hidden.find()) {
      fields.add(
          URLEncoder.encode(hidden.group(1), UTF_8)
              + "="
              + URLEncoder.encode(unescaped(hidden.group(2)), UTF_8));
    }
    HttpResponse<String> decision =
        http.send(
            HttpRequest.newBuilder(authorizeUrl.resolve("/oauth/"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(String.join("&", fields)))
                .build(),
            BodyHandlers.ofString());
    require(decision.statusCode() == 302, "the decision", decision);
    HttpResponse<String> callback =
        get(URI.create(decision.headers().firstValue("location").orElseThrow()));
    require(
        callback.statusCode() == 200 && callback.body().contains("AUTHORIZATION_SUCCEEDED"),
        "the callback page",
        callback);
  }

  private HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(uri).GET().build(), BodyHandlers.ofString());
  }

  private static void require(boolean holds, String what, HttpResponse<String> answer) {
    if (!holds) {
      throw new IllegalStateException(
          what + " was answered " + answer.statusCode() + ": " + answer.body());
    }
  }

  private static String unescaped(String html) {
    return html.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
  }
}
