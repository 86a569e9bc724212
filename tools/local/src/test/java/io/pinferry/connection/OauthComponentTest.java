package io.pinferry.connection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.aws.DynamoDbDirectoryStore;
import io.pinferry.aws.DynamoDbRefreshLeaseStore;
import io.pinferry.aws.DynamoDbTables;
import io.pinferry.aws.InvocationContext;
import io.pinferry.aws.SecretsManagerSecretStore;
import io.pinferry.base.Digest;
import io.pinferry.base.Json;
import io.pinferry.base.Log;
import io.pinferry.base.Patience;
import io.pinferry.base.Secret;
import io.pinferry.base.SystemIdSource;
import io.pinferry.base.Tasks;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.DirectoryFixtures;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.ProviderApp;
import io.pinferry.directory.ProviderAppId;
import io.pinferry.directory.ProviderAppRepository;
import io.pinferry.directory.SecretStore;
import io.pinferry.functions.oauth.OauthHandler;
import io.pinferry.local.RepositoryRoot;
import io.pinferry.local.cloud.EmbeddedParts;
import io.pinferry.local.simulator.PinterestSimulator;
import io.pinferry.local.simulator.SimulatedApp;
import io.pinferry.local.simulator.SimulatorServer;
import io.pinferry.local.simulator.SimulatorSettings;
import io.pinferry.local.simulator.StateStore;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.OkHttpTransport;
import io.pinferry.net.TransportFailure;
import io.pinferry.pinterest.PinterestOauth;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Clock;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The function oauth on the embedded parts, and a person who consents at the simulator. */
final class OauthComponentTest {
  private static final String PUBLIC_URL = "http://127.0.0.1:8080";
  private static final String APP_ID = "1489000";
  private static final List<String> SCOPES =
      List.of("boards:read", "pins:read", "user_accounts:read");

  private final Clock clock = Clock.systemUTC();
  private final Tasks tasks = new VirtualThreadTasks(clock);
  private final OkHttpTransport http = OkHttpTransport.toConfiguredHosts(InstantSource.system());
  private final String table = DynamoDbTables.create("directory");
  private final String prefix = EmbeddedParts.unique("stack") + "/";
  private final DirectoryStore directory =
      new DynamoDbDirectoryStore(EmbeddedParts.dynamoDb(), table, tasks);
  private final SecretStore secrets = new SecretsManagerSecretStore(EmbeddedParts::secrets, prefix);
  private SimulatorServer pinterest;
  private OauthHandler handler;

  @BeforeEach
  void start() throws IOException {
    pinterest =
        SimulatorServer.start(
            new PinterestSimulator(
                SimulatorSettings.of(
                    1,
                    20,
                    new SimulatedApp(
                        APP_ID, "app-secret", Set.of(PUBLIC_URL + "/callbacks/v1/oauth"))),
                clock,
                StateStore.forgetful()),
            0);
    new ProjectRepository(directory)
        .create(DirectoryFixtures.project(DirectoryFixtures.PROJECT, "blue-shop"));
    secrets.create("provider-app/1", new Secret("app-secret"));
    new ProviderAppRepository(directory)
        .create(
            new ProviderApp(
                new ProviderAppId(DirectoryFixtures.uuid("app", 1)),
                DirectoryFixtures.PROJECT,
                "pinterest",
                APP_ID,
                SCOPES,
                null,
                ProviderApp.Metadata.NONE,
                "provider-app/1",
                clock.instant(),
                null));
    handler = new OauthHandler(environment());
  }

  @AfterEach
  void stop() {
    pinterest.close();
  }

  private Map<String, String> environment() {
    var environment = new HashMap<String, String>();
    environment.put("AWS_REGION", EmbeddedParts.REGION);
    environment.put("AWS_ACCESS_KEY_ID", "local");
    environment.put("AWS_SECRET_ACCESS_KEY", "local");
    environment.put(
        "AWS_ENDPOINT_URL_DYNAMODB",
        EmbeddedParts.dynamoDb()
            .serviceClientConfiguration()
            .endpointOverride()
            .orElseThrow()
            .toString());
    environment.put(
        "AWS_ENDPOINT_URL_SECRETS_MANAGER",
        EmbeddedParts.secrets()
            .serviceClientConfiguration()
            .endpointOverride()
            .orElseThrow()
            .toString());
    environment.put("PINFERRY_DIRECTORY_TABLE", table);
    environment.put("PINFERRY_TIMERS_TABLE", DynamoDbTables.create("timers"));
    environment.put("PINFERRY_SECRET_PREFIX", prefix);
    environment.put("PINFERRY_PINTEREST_API_URL", pinterest.address().toString());
    environment.put("PINFERRY_PINTEREST_AUTHORIZE_URL", pinterest.address() + "/oauth/");
    environment.put("PINFERRY_PINTEREST_TOKEN_URL", pinterest.address() + "/v5/oauth/token");
    environment.put("PINFERRY_PUBLIC_API_URL", PUBLIC_URL);
    environment.put("PINFERRY_ADMIN_KEY_SHA256", Digest.sha256Hex("operator"));
    return environment;
  }

  @Test
  void aConsentBecomesAConnectionWhoseTokenWorksAndIsRefreshed() throws Exception {
    JsonNode page = comeBack(decide(authorizeUrl(), "approve"));

    assertThat(page.path("statusCode").asInt()).isEqualTo(200);
    assertThat(page.path("body").asText()).contains("AUTHORIZATION_SUCCEEDED");
    Connection connection = onlyConnection();
    assertThat(page.path("body").asText()).contains(connection.id().value());
    assertThat(connection.access().userId()).matches("\\d+");
    assertThat(connection.access().scopes()).containsExactlyInAnyOrderElementsOf(SCOPES);

    AccessTokens tokens = accessTokens();
    AccessToken first = tokens.accessTokenFor(connection.project(), connection.id());
    assertThat(statusOfPins(first)).isEqualTo(200);
    tokens.reportSuccess(connection.project(), connection.id());
    assertThat(onlyConnection().access().status()).isEqualTo(ConnectionStatus.WORKING);

    AccessToken second =
        tokens.refreshAfterRejection(connection.project(), connection.id(), first.version());
    assertThat(second.version()).isNotEqualTo(first.version());
    assertThat(second.account()).isEqualTo(first.account());
    assertThat(statusOfPins(second)).isEqualTo(200);
    assertThat(accessTokens().accessTokenFor(connection.project(), connection.id()))
        .isEqualTo(second);
  }

  @Test
  void aReturnIsGoodOnceAndASecondConsentUpdatesTheConnection() throws Exception {
    String query = decide(authorizeUrl(), "approve");
    comeBack(query);
    Connection first = onlyConnection();
    AccessToken token = accessTokens().accessTokenFor(first.project(), first.id());

    // The page is shown again, and the code is not exchanged again.
    assertThat(comeBack(query).path("statusCode").asInt()).isEqualTo(200);
    assertThat(accessTokens().accessTokenFor(first.project(), first.id())).isEqualTo(token);
    comeBack(decide(authorizeUrl(), "approve"));

    assertThat(onlyConnection().id()).isEqualTo(first.id());
    AccessToken later = accessTokens().accessTokenFor(first.project(), first.id());
    assertThat(later.token()).isNotEqualTo(token.token());
    assertThat(later.account()).isEqualTo(token.account());
  }

  @Test
  void aDeclinedConsentIsSaidSo() throws Exception {
    JsonNode page = comeBack(decide(authorizeUrl(), "decline"));

    assertThat(page.path("statusCode").asInt()).isEqualTo(400);
    assertThat(page.path("body").asText())
        .contains("AUTHORIZATION_FAILED")
        .contains("Access was declined.");
    assertThat(
            new ConnectionRepository(directory).list(DirectoryFixtures.PROJECT, null, null, null))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"callback", "callback.declined"})
  void theSamplesOfAReturnEndInAPageForTheirUnknownState(String sample) throws IOException {
    JsonNode page = send(event(sample));

    assertThat(page.path("statusCode").asInt()).isEqualTo(400);
    assertThat(page.at("/headers/content-type").asText()).startsWith("text/html");
    assertThat(page.path("body").asText()).contains("expired or was completed before");
  }

  @Test
  void theSampleOfAConnectNeedsAKnownKey() throws IOException {
    assertThat(send(event("connect")).path("statusCode").asInt()).isEqualTo(401);
  }

  private URI authorizeUrl() throws IOException {
    ObjectNode connect = event("connect");
    connect.withObject("/headers").put("x-api-key", "operator");
    JsonNode answer = send(connect);
    assertThat(answer.path("statusCode").asInt()).as(answer.toString()).isEqualTo(200);
    return URI.create(answer.path("body").asText());
  }

  /** Opens Pinterest's page, presses a button, and returns the query that the browser gets. */
  private String decide(URI authorizeUrl, String decision) throws TransportFailure {
    assertThat(ask("GET", authorizeUrl, "").status()).isEqualTo(200);
    HttpAnswer redirect =
        ask(
            "POST",
            URI.create(pinterest.address() + "/oauth/"),
            authorizeUrl.getRawQuery() + "&decision=" + decision);
    URI location = URI.create(redirect.header("location").orElseThrow());
    assertThat(location.toString()).startsWith(PUBLIC_URL + "/callbacks/v1/oauth?");
    return location.getRawQuery();
  }

  private JsonNode comeBack(String query) throws IOException {
    return send(event("callback").put("rawQueryString", query));
  }

  private static ObjectNode event(String name) throws IOException {
    return (ObjectNode)
        Json.parse(Files.readAllBytes(RepositoryRoot.file("events/oauth/" + name + ".json")));
  }

  private JsonNode send(JsonNode event) throws IOException {
    var answer = new ByteArrayOutputStream();
    handler.handleRequest(
        new ByteArrayInputStream(Json.bytes(event)), answer, new InvocationContext("invocation"));
    return Json.parse(answer.toByteArray());
  }

  private int statusOfPins(AccessToken token) throws TransportFailure {
    return http.send(
            new HttpCall(
                "GET",
                URI.create(pinterest.address() + "/v5/pins"),
                Map.of("Authorization", "Bearer " + token.token().value()),
                null,
                Patience.LIMIT,
                1 << 20))
        .status();
  }

  private HttpAnswer ask(String method, URI uri, String form) throws TransportFailure {
    return http.send(
        new HttpCall(
            method,
            uri,
            Map.of("Content-Type", "application/x-www-form-urlencoded"),
            method.equals("GET") ? null : form.getBytes(UTF_8),
            Patience.LIMIT,
            1 << 20));
  }

  private Connection onlyConnection() {
    var all = new ConnectionRepository(directory).list(DirectoryFixtures.PROJECT, null, null, null);
    assertThat(all).hasSize(1);
    return all.getFirst().value();
  }

  private AccessTokens accessTokens() {
    return new AccessTokens(
        new ConnectionRepository(directory),
        new ProviderAppRepository(directory),
        secrets,
        new DynamoDbRefreshLeaseStore(
            EmbeddedParts.dynamoDb(),
            DynamoDbTables.createWithoutSortKey("limits"),
            new SystemIdSource(),
            tasks),
        new PinterestOauth(
            http,
            URI.create(pinterest.address() + "/oauth/"),
            URI.create(pinterest.address() + "/v5/oauth/token"),
            pinterest.address(),
            clock),
        tasks,
        Log.none());
  }
}
