package io.pinferry.local.simulator;

import io.pinferry.base.ShownText;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The page on which a person lets an application into the account. It is one plain form, so that a
 * program can post it too: the fields of the query again, {@code decision} being {@code approve} or
 * {@code decline}, {@code user} the id of the account, and {@code grant} once for each scope that
 * is granted (without any: all that were asked for).
 */
final class AuthorizePage {
  private final World world;
  private final TokenAuthority tokens;

  AuthorizePage(World world, TokenAuthority tokens) {
    this.world = world;
    this.tokens = tokens;
  }

  /** The request of an application, after its id and redirect address were checked. */
  private record Question(SimulatedApp app, String redirectUri, Set<String> scopes, String state) {}

  /** Shows the question. */
  SimulatedResponse ask(QueryText query) {
    try {
      Question question = question(query);
      Optional<String> refusal = refusal(query, question);
      return refusal.isPresent()
          ? redirect(question, "error", refusal.get())
          : page(200, "Give app " + question.app.clientId() + " access?", form(question));
    } catch (ApiFailure failure) {
      return page(
          failure.status(), "This link does not work", "<p>" + shown(failure.text()) + "</p>");
    }
  }

  /** Takes the decision. */
  SimulatedResponse decide(QueryText form, Instant now) {
    try {
      Question question = question(form);
      Optional<String> refusal = refusal(form, question);
      if (refusal.isPresent()) {
        return redirect(question, "error", refusal.get());
      }
      return switch (form.first("decision").orElse("")) {
        case "approve" -> {
          Set<String> granted = new LinkedHashSet<>(form.all("grant"));
          granted.retainAll(question.scopes);
          Person user =
              form.first("user")
                  .map(
                      id ->
                          world
                              .person(id)
                              .orElseThrow(() -> ApiFailure.invalid("There is no user " + id)))
                  .orElse(world.me());
          String code =
              tokens.issueCode(
                  question.app,
                  question.redirectUri,
                  granted.isEmpty() ? question.scopes : granted,
                  user,
                  now);
          yield redirect(question, "code", code);
        }
        case "decline" -> redirect(question, "error", "access_denied");
        default -> throw ApiFailure.invalid("decision must be approve or decline");
      };
    } catch (ApiFailure failure) {
      return page(
          failure.status(), "This form does not work", "<p>" + shown(failure.text()) + "</p>");
    }
  }

  private Question question(QueryText query) {
    String clientId = query.first("client_id").orElse("");
    SimulatedApp app =
        tokens
            .app(clientId)
            .orElseThrow(
                () ->
                    ApiFailure.invalid(
                        "No application has the client_id '"
                            + clientId
                            + "'. Register it in the"
                            + " simulator's settings, or check the id of the provider app."));
    String redirectUri = query.first("redirect_uri").orElse("");
    if (!app.redirectUris().contains(redirectUri)) {
      throw ApiFailure.invalid(
          "The redirect_uri '"
              + redirectUri
              + "' is not registered for this application. It must"
              + " be, character by character, one of: "
              + String.join(", ", app.redirectUris().stream().sorted().toList()));
    }
    return new Question(
        app,
        redirectUri,
        Scopes.split(query.first("scope").orElse("")),
        query.first("state").orElse(""));
  }

  /** Tells the application about an error, since its address was checked. */
  private static Optional<String> refusal(QueryText query, Question question) {
    if (!query.first("response_type").orElse("").equals("code")) {
      return Optional.of("unsupported_response_type");
    }
    return question.scopes.isEmpty() || !Scopes.ALL.containsAll(question.scopes)
        ? Optional.of("invalid_scope")
        : Optional.empty();
  }

  private String form(Question question) {
    var html = new StringBuilder();
    html.append("<form method=\"post\" action=\"/oauth/\">");
    hidden(html, "client_id", question.app.clientId());
    hidden(html, "redirect_uri", question.redirectUri);
    hidden(html, "response_type", "code");
    hidden(html, "scope", String.join(",", question.scopes));
    hidden(html, "state", question.state);
    html.append("<fieldset><legend>The app asks to use</legend>");
    for (String scope : question.scopes) {
      html.append("<label><input type=\"checkbox\" name=\"grant\" checked value=\"")
          .append(escape(scope))
          .append("\"> ")
          .append(shown(scope))
          .append("</label>");
    }
    html.append("</fieldset><label>Account <select name=\"user\">");
    for (Person user : List.of(world.me(), world.people.get(WorldBuilder.CLIENT))) {
      html.append("<option value=\"")
          .append(user.id)
          .append("\">")
          .append(shown(user.username))
          .append("</option>");
    }
    return html.append("</select></label><p class=\"buttons\">")
        .append("<button name=\"decision\" value=\"approve\" class=\"allow\">Give access</button> ")
        .append("<button name=\"decision\" value=\"decline\">Cancel</button></p></form>")
        .toString();
  }

  private static void hidden(StringBuilder html, String name, String value) {
    html.append("<input type=\"hidden\" name=\"")
        .append(name)
        .append("\" value=\"")
        .append(escape(value))
        .append("\">");
  }

  private static SimulatedResponse redirect(Question question, String name, String value) {
    String location =
        question.redirectUri
            + (question.redirectUri.contains("?") ? "&" : "?")
            + name
            + "="
            + encode(value)
            + (question.state.isEmpty() ? "" : "&state=" + encode(question.state));
    return SimulatedResponse.of(302, Map.of("location", location), new byte[0]);
  }

  private static SimulatedResponse page(int status, String title, String content) {
    String html =
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <title>%1$s</title>
        <meta name="viewport" content="width=device-width">
        <style>
        html { color-scheme: light dark; }
        body { font: 15px/1.4 system-ui, sans-serif; max-width: 30rem; margin: 1.5rem auto; padding: 0 1rem; }
        .brand { color: #e60023; font-weight: 600; margin: 0; }
        h1 { font-size: 1.4rem; margin: 0.2rem 0 1rem; }
        fieldset { border: 1px solid #bbb; border-radius: 12px; columns: 2; margin: 0 0 1rem; }
        fieldset label { display: block; padding: 0.2rem 0; }
        select, button { font: inherit; }
        button { padding: 0.6rem 1.2rem; border: 0; border-radius: 20px; background: #e2e2e2; color: #111; cursor: pointer; }
        .allow { background: #e60023; color: #fff; }
        .buttons { margin-top: 1.2rem; }
        </style>
        </head>
        <body>
        <p class="brand">Simulated Pinterest</p>
        <h1>%1$s</h1>
        %2$s
        </body>
        </html>
        """
            .formatted(escape(title), content);
    return SimulatedResponse.of(
        status,
        Map.of("content-type", "text/html; charset=utf-8", "cache-control", "no-store"),
        html.getBytes(StandardCharsets.UTF_8));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String shown(String text) {
    return escape(ShownText.isolated(text));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
