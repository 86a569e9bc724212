package io.pinferry.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.local.contract.AmpersandOracle;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The calls that {@code amp deploy} makes, in its order, with its headers, to a running stack. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AmpDeployComponentTest {
  private final HttpClient http = HttpClient.newHttpClient();
  private LocalStack stack;
  private StackClient client;
  private String manifest;

  @BeforeAll
  void start() throws Exception {
    stack = LocalStack.start(Customer.stack(20, 2));
    client = new StackClient(http, stack.api(), stack.project(), stack.apiKey());
    manifest = ExampleManifest.read();
    client.createWebhook("pinterestWebhook", URI.create("http://127.0.0.1:9/webhook"));
  }

  @AfterAll
  void stop() {
    stack.close();
    http.close();
  }

  @Test
  void theExampleIsDeployedAndWhatALaterDeployDropsIsReadUntilItIsDestructive() throws Exception {
    JsonNode deployed = deploy(zip(manifest), "");
    assertThat(deployed).hasSize(1);
    assertThat(deployed.at("/0/name").asText()).isEqualTo("pinterestSync");
    assertThat(
            AmpersandOracle.orSkip("ampersand-api.json")
                .validateAnswer(
                    "PUT", "/projects/{projectIdOrName}/integrations:batch", 200, deployed))
        .isEmpty();
    client.connect("group-a");
    String installations = "./integrations/" + deployed.at("/0/id").asText() + "/installations";
    String installation =
        installations
            + "/"
            + client
                .done(
                    "POST",
                    installations,
                    Json.parse(
                        StackClient.installation("group-a", "boards", "media").getBytes(UTF_8)))
                .path("id")
                .asText();
    String without = manifest.replaceFirst("- objectName: boards\\n(?s).*?(?=- objectName)", "");
    assertThat(without).isNotEqualTo(manifest);

    assertThat(deploy(zip(without), "").at("/0/latestRevision/content/read/objects"))
        .noneMatch(read -> read.path("objectName").asText().equals("boards"));
    assertThat(disabled(installation, "boards")).isFalse();
    assertThat(trigger(deployed, "boards").statusCode()).isEqualTo(201);

    deploy(zip(without), "?destructive=true");
    assertThat(disabled(installation, "boards")).isTrue();
    assertThat(disabled(installation, "media")).isFalse();
    assertThat(trigger(deployed, "boards").statusCode()).isBetween(400, 499);
  }

  private boolean disabled(String installation, String object) throws Exception {
    return client
        .get(installation)
        .at("/config/content/read/objects/" + object + "/disabled")
        .asBoolean();
  }

  private HttpResponse<String> trigger(JsonNode deployed, String object) throws Exception {
    return client
        .at(stack.read())
        .send(
            "POST",
            "./integrations/" + deployed.at("/0/id").asText() + "/objects/" + object,
            "{\"groupRef\":\"group-a\",\"mode\":\"async\"}");
  }

  private JsonNode deploy(byte[] zip, String query) throws Exception {
    String md5 = Base64.getEncoder().encodeToString(MessageDigest.getInstance("MD5").digest(zip));
    for (JsonNode present : client.get("./integrations")) {
      client.get("./integrations/" + present.path("id").asText() + "/installations");
    }
    JsonNode place = client.get("/v1/generate-upload-url?md5=" + URLEncoder.encode(md5, UTF_8));
    assertThat(AmpersandOracle.orSkip("ampersand-api.json").validate("SignedUrl", place)).isEmpty();
    // Neither a key nor a Content-Type, so that API Gateway takes the body for bytes.
    HttpResponse<String> sent =
        http.send(
            HttpRequest.newBuilder(URI.create(place.path("url").asText()))
                .header("Content-MD5", md5)
                .PUT(BodyPublishers.ofByteArray(zip))
                .build(),
            BodyHandlers.ofString());
    assertThat(sent.statusCode()).as(sent.body()).isEqualTo(200);
    String source = "gs://" + place.path("bucket").asText() + "/" + place.path("path").asText();
    return client.done(
        "PUT", "./integrations:batch" + query, Json.object().put("sourceZipUrl", source));
  }

  private static byte[] zip(String manifest) throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("amp.yaml"));
      zip.write(manifest.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }
}
