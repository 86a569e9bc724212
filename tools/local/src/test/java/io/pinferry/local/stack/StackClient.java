package io.pinferry.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.Patience;
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

/** Uses a running stack as a team and its customer do; answers are returned whatever they are. */
record StackClient(HttpClient http, URI api, String project, String key) {
  private static final Pattern HIDDEN =
      Pattern.compile("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">");

  StackClient withKey(String other) {
    return new StackClient(http, api, project, other);
  }

  StackClient withProject(String other) {
    return new StackClient(http, api, other, key);
  }

  StackClient at(URI door) {
    return new StackClient(http, door, project, key);
  }

  /**
   * Sends a request.
   *
   * @param path absolute, or relative to the project when it begins with a dot
   */
  HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    String target = path.startsWith(".") ? "/v1/projects/" + project + path.substring(1) : path;
    return http.send(
        HttpRequest.newBuilder(api.resolve(target))
            .timeout(Patience.LIMIT)
            .header("X-Api-Key", key)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  /** Sends a request that must succeed, and returns the answer's JSON. */
  JsonNode done(String method, String path, JsonNode body)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = send(method, path, body.isEmpty() ? "" : Json.text(body));
    assertThat(answer.statusCode() / 100)
        .as(method + " " + path + " " + answer.body())
        .isEqualTo(2);
    return answer.body().isEmpty() ? Json.object() : Json.parse(answer.body().getBytes(UTF_8));
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return done("GET", path, Json.object());
  }

  void createWebhook(String name, URI url) throws IOException, InterruptedException {
    ObjectNode body = Json.object().put("name", name).put("type", "webhook");
    body.putObject("metadata").put("url", url.toString());
    done("POST", "./destinations", body);
  }

  /** Deploys a manifest with one integration, and returns the integration's id. */
  String deploy(String manifest) throws IOException, InterruptedException {
    return done("PUT", "./integrations:batch", Json.object().put("sourceYaml", manifest))
        .at("/0/id")
        .asText();
  }

  /** Returns the address of Pinterest's page for a customer who wants to connect. */
  URI authorizeUrl(String group) throws IOException, InterruptedException {
    return authorizeUrl(group, "consumer");
  }

  URI authorizeUrl(String group, String consumer) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        send(
            "POST",
            "/v1/oauth-connect",
            Json.text(
                Json.object()
                    .put("projectIdOrName", project)
                    .put("provider", "pinterest")
                    .put("groupRef", group)
                    .put("consumerRef", consumer)));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return URI.create(answer.body());
  }

  /**
   * Presses a button of Pinterest's page.
   *
   * @param fields further fields of its form, for example {@code decision=approve}
   * @return where the browser is sent
   */
  URI decide(URI authorizeUrl, String... fields) throws IOException, InterruptedException {
    List<String> form = new ArrayList<>(List.of(fields));
    Matcher hidden = HIDDEN.matcher(open(authorizeUrl).body());
    while (hidden.find()) {
      form.add(
          hidden.group(1) + "=" + URLEncoder.encode(hidden.group(2).replace("&amp;", "&"), UTF_8));
    }
    HttpResponse<String> decision =
        http.send(
            HttpRequest.newBuilder(authorizeUrl.resolve("/oauth/"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(String.join("&", form)))
                .build(),
            BodyHandlers.ofString());
    return URI.create(decision.headers().firstValue("location").orElseThrow());
  }

  HttpResponse<String> open(URI page) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString());
  }

  void connect(String group, String... fields) throws IOException, InterruptedException {
    String[] form = java.util.Arrays.copyOf(fields, fields.length + 1);
    form[fields.length] = "decision=approve";
    assertThat(open(decide(authorizeUrl(group), form)).body()).contains("AUTHORIZATION_SUCCEEDED");
  }

  static String installation(String group, String... objects) {
    ObjectNode body = Json.object().put("groupRef", group);
    ObjectNode content = body.putObject("config").putObject("content").put("provider", "pinterest");
    ObjectNode chosen = content.putObject("read").putObject("objects");
    for (String object : objects) {
      ObjectNode one = chosen.putObject(object).put("objectName", object);
      one.putObject("selectedFields");
      one.putObject("selectedFieldMappings");
    }
    return Json.text(body);
  }
}
