package io.pinferry.management;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.management.ManagementWorld.Answer;
import io.pinferry.manifest.ManifestZip;
import io.pinferry.manifest.Zips;
import java.net.URLEncoder;
import java.security.MessageDigest;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way of a manifest from the command line of the contract to a deploy. */
final class UploadRoutesTest {
  private static final String BATCH = "/v1/projects/shop/integrations:batch";
  private static final String YAML =
      """
      specVersion: 1.0.0
      integrations:
        - name: sync
          provider: pinterest
          read:
            objects:
              - objectName: boards
                destination: hook
                requiredFields:
                  - fieldName: id
      """;
  private static final byte[] ZIP = Zips.of("amp.yaml", YAML);

  private final ManagementWorld world = new ManagementWorld();
  private String key = "";

  @BeforeEach
  void aProjectWithADestinationAndAKey() {
    world.project("shop");
    world.destination("hook");
    key = key("shop");
  }

  private String key(String project) {
    return world.post("/v1/projects/" + project + "/api-keys", "{'label':'ci'}").text("key");
  }

  @Test
  void anUploadedZipIsDeployed() throws Exception {
    JsonNode place = place(md5(ZIP));
    String bucket = place.path("bucket").asText();
    String path = place.path("path").asText();
    assertThat(place.path("url").asText())
        .startsWith("https://api.example.com/v1/" + bucket + "/" + path + "?signature=");

    Answer sent = fill(place, md5(ZIP), ZIP);
    Answer deployed = deploy(key, "gs://" + bucket + "/" + path);

    assertThat(sent.status()).isEqualTo(200);
    assertThat(deployed.status()).as(deployed.body().toString()).isEqualTo(200);
    assertThat(deployed.body().at("/0/name").asText()).isEqualTo("sync");
    // An answer can get lost on its way.
    assertThat(deploy(key, "gs://" + bucket + "/" + path).body()).isEqualTo(deployed.body());
  }

  @Test
  void anUploadedZipBecomesARevision() throws Exception {
    world.deploy(YAML, "");
    byte[] changed = Zips.of("amp.yml", YAML.replace("boards", "pins"));

    Answer revised =
        world.send(
            key,
            "POST",
            "/v1/projects/shop/integrations/sync/revisions",
            "{'sourceZipUrl':'" + uploaded(key, changed) + "'}");

    assertThat(revised.status()).isEqualTo(201);
    assertThat(
            world
                .get("/v1/projects/shop/integrations/sync")
                .body()
                .at("/latestRevision/content/read/objects/0/objectName")
                .asText())
        .isEqualTo("pins");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gs://other-bucket/3d0f1d5e-1111-4222-8333-944455566677",
        "gs://pinferry-uploads.evil.example/3d0f1d5e-1111-4222-8333-944455566677",
        "https://storage.googleapis.com/pinferry-uploads/x.zip",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "GS://pinferry-uploads/3d0f1d5e-1111-4222-8333-944455566677"
      })
  void otherPlacesAreNeverRead(String url) {
    Answer answer = deploy(key, url);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.issue())
        .startsWith("sourceZipUrl: is no upload of this Pinferry")
        .contains("GET /v1/generate-upload-url");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3d0f1d5e-1111-4222-8333-944455566677", "../secrets", "x", ""})
  void aPlaceThatDoesNotExistIsRefused(String path) {
    assertThat(deploy(key, "gs://pinferry-uploads/" + path).issue()).contains("is not there");
  }

  @Test
  void anUploadIsOfOneProject() throws Exception {
    world.project("other");
    String ofOther = uploaded(key("other"), ZIP);
    String ofOperator = uploaded(ManagementWorld.ADMIN_KEY, ZIP);

    assertThat(deploy(key, ofOther).issue()).contains("is not there");
    assertThat(deploy(ManagementWorld.ADMIN_KEY, ofOther).issue()).contains("is not there");
    assertThat(deploy(key, ofOperator).issue()).contains("is not there");
    assertThat(deploy(ManagementWorld.ADMIN_KEY, ofOperator).status()).isEqualTo(200);
  }

  @Test
  void anUploadIsGoneAfterAWhile() throws Exception {
    String uploaded = uploaded(key, ZIP);
    JsonNode unused = place(md5(ZIP));
    world.clock.advance(Uploads.TTL);

    assertThat(deploy(key, uploaded).issue()).contains("older than 15 minutes");
    Answer late = fill(unused, md5(ZIP), ZIP);
    assertThat(late.status()).isEqualTo(403);
    assertThat(late.text("remedy")).contains("GET /v1/generate-upload-url");
  }

  @Test
  void anAnnouncedZipMustBeSentBeforeItIsDeployed() throws Exception {
    JsonNode place = place(md5(ZIP));

    assertThat(deploy(key, "gs://pinferry-uploads/" + place.path("path").asText()).issue())
        .contains("was announced, but never sent");
  }

  @Test
  void anAddressIsGoodOnce() throws Exception {
    JsonNode place = place(md5(ZIP));
    fill(place, md5(ZIP), ZIP);

    Answer again = fill(place, md5(ZIP), ZIP);

    assertThat(again.status()).isEqualTo(409);
    assertThat(again.text("detail")).contains("already");
  }

  @Test
  void nobodyFillsAPlaceWithoutItsSignature() throws Exception {
    JsonNode place = place(md5(ZIP));
    String path = "/v1/pinferry-uploads/" + place.path("path").asText();

    for (String wrong :
        new String[] {
          path,
          path + "?signature=",
          path + "?signature=x",
          "/v1/pinferry-uploads/x?signature=x",
          path.replace("pinferry-uploads/", "pinferry-uploads/3d0f1d5e-1111-4222-8333-")
        }) {
      Answer answer = world.upload(wrong, md5(ZIP), ZIP);
      assertThat(answer.status()).as(wrong).isEqualTo(403);
    }
    assertThat(fill(place, md5(ZIP), ZIP).status()).isEqualTo(200);
  }

  @Test
  void anotherBodyThanAnnouncedIsRefused() throws Exception {
    byte[] other = Zips.of("amp.yaml", YAML + "\n");
    JsonNode place = place(md5(ZIP));

    assertThat(fill(place, md5(other), other).issue()).contains("but " + md5(ZIP) + " was");
    assertThat(fill(place, md5(other), ZIP).issue())
        .isEqualTo("Content-MD5: is not the MD5 of the body, which is " + md5(ZIP));
    assertThat(fill(place, null, ZIP).status()).isEqualTo(200);
  }

  @Test
  void anUploadNeedNotBeAnnounced() throws Exception {
    JsonNode place = world.send(key, "GET", "/v1/generate-upload-url", null).body();

    assertThat(fill(place, md5(new byte[0]), ZIP).status()).isEqualTo(400);
    assertThat(fill(place, md5(ZIP), ZIP).status()).isEqualTo(200);
  }

  @Test
  void aBodyThatIsEmptyOrTooLargeIsRefused() throws Exception {
    byte[] large = new byte[ManifestZip.ZIP_BYTES_MAX + 1];
    assertThat(fill(place(md5(large)), md5(large), large).status()).isEqualTo(413);
    byte[] empty = new byte[0];
    assertThat(fill(place(md5(empty)), md5(empty), empty).status()).isEqualTo(400);
    byte[] largest = new byte[ManifestZip.ZIP_BYTES_MAX];
    assertThat(fill(place(md5(largest)), md5(largest), largest).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "AAAA", "1B2M2Y8AsgTpgAmY7PhCf ", "%00"})
  void aDigestThatIsNoneIsRefused(String md5) {
    Answer answer =
        world.send(
            key, "GET", "/v1/generate-upload-url?md5=" + URLEncoder.encode(md5, UTF_8), null);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.issue()).startsWith("md5: must be an MD5 in base64");
  }

  @Test
  void whatIsInTheZipIsCheckedAtTheDeploy() throws Exception {
    assertThat(deploy(key, uploaded(key, Zips.of("README.md", "x"))).issue())
        .isEqualTo("sourceZipUrl: has no amp.yaml or amp.yml");
    assertThat(deploy(key, uploaded(key, "x".getBytes(UTF_8))).issue())
        .startsWith("sourceZipUrl: is not a readable zip");
    assertThat(deploy(key, uploaded(key, Zips.of("amp.yaml", "- x"))).issue())
        .startsWith("amp.yaml: is not a mapping");
  }

  @Test
  void onlyOneSourceIsDeployed() {
    Answer answer = world.put(BATCH, "{'sourceZipUrl':'gs://x/y','sourceYaml':'x'}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.issue()).contains("is given together with sourceYaml");
  }

  @Test
  void whoMayNotDeployMayNotUpload() {
    String frontend =
        world
            .post("/v1/projects/shop/api-keys", "{'label':'page','scopes':['frontend']}")
            .text("key");

    assertThat(world.send(frontend, "GET", "/v1/generate-upload-url", null).status())
        .isEqualTo(403);
    assertThat(world.send("nobody", "GET", "/v1/generate-upload-url", null).status())
        .isEqualTo(401);
  }

  private JsonNode place(String md5) {
    return place(key, md5);
  }

  private JsonNode place(String as, String md5) {
    Answer answer =
        world.send(as, "GET", "/v1/generate-upload-url?md5=" + URLEncoder.encode(md5, UTF_8), null);
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    return answer.body();
  }

  private Answer fill(JsonNode place, @Nullable String md5, byte[] zip) {
    return world.upload(
        place.path("url").asText().substring("https://api.example.com".length()), md5, zip);
  }

  private String uploaded(String as, byte[] zip) throws Exception {
    JsonNode place = place(as, md5(zip));
    assertThat(fill(place, md5(zip), zip).status()).isEqualTo(200);
    return "gs://" + place.path("bucket").asText() + "/" + place.path("path").asText();
  }

  private Answer deploy(String as, String url) {
    return world.send(as, "PUT", BATCH, "{'sourceZipUrl':'" + url + "'}");
  }

  private static String md5(byte[] bytes) throws Exception {
    return Base64.getEncoder().encodeToString(MessageDigest.getInstance("MD5").digest(bytes));
  }
}
