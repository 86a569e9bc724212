package io.pinferry.management;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.base.Log;
import io.pinferry.base.Secret;
import io.pinferry.delivery.AttemptSettings;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.Delivery;
import io.pinferry.delivery.DeliveryAttempts;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.DeliveryTargets;
import io.pinferry.delivery.DestinationTroubles;
import io.pinferry.delivery.InMemoryParkedMessages;
import io.pinferry.delivery.Receipts;
import io.pinferry.delivery.ResultLinks;
import io.pinferry.delivery.RetrySchedule;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.management.ManagementWorld.Answer;
import io.pinferry.net.HttpAnswer;
import io.pinferry.timer.InMemoryTimerStore;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ResultRoutesTest {
  private static final String MANIFEST =
      """
      specVersion: 1.0.0
      integrations:
        - name: sync
          provider: pinterest
          proxy:
            enabled: true
      """;

  private static final String RESULT = "[{\"fields\":{\"id\":\"7\"}}]";

  private final ManagementWorld world = new ManagementWorld();
  private String project = "";
  private String integration = "";
  private String installation = "";

  @BeforeEach
  void aDeliveredLink() {
    project = world.project("shop");
    world.destination("hook");
    integration = world.deploy(MANIFEST, "").body().at("/0/id").asText();
    world.connect(project, "org_7", "boards:read");
    installation =
        world
            .post(
                "/v1/projects/shop/integrations/sync/installations",
                "{'groupRef':'org_7','config':{'content':{'provider':'pinterest'}}}")
            .text("id");
    world
        .cloud
        .results()
        .keep(
            new ProjectId(project),
            "msg_1",
            RESULT.getBytes(UTF_8),
            world.clock.instant().plus(Duration.ofDays(1)));
  }

  /** Delivers a message that links to what is kept, and returns the link without its origin. */
  private String link() {
    Secret key =
        new Secret(
            world
                .get("/v1/projects/shop/destinations/hook?includeSecrets=true")
                .body()
                .at("/secrets/webhookSigningKey")
                .asText());
    List<byte[]> posted = new ArrayList<>();
    var delivery =
        new Delivery(
            new Delivery.Parts(
                _ ->
                    new DeliveryTargets.Webhook(
                        URI.create("https://hooks.example.com/"), List.of(key), Map.of(), false),
                call -> {
                  byte[] body = call.body();
                  posted.add(body == null ? new byte[0] : body);
                  return new HttpAnswer(204, Map.of(), new byte[0], false);
                },
                unused(Receipts.class),
                unused(DeliveryAttempts.class),
                new InMemoryParkedMessages(new InMemoryTimerStore()),
                unused(DeadLetters.class),
                unused(DestinationTroubles.class),
                Delivery.breakers(),
                new ResultLinks(URI.create("https://api.example"))),
            RetrySchedule.parse("PT5S"),
            new AttemptSettings(AttemptSettings.Kept.FAILURES, Duration.ofDays(30)),
            world.clock,
            Log.none());
    delivery.attempt(
        new DeliveryMessage(
            "msg_1",
            new ProjectId(project),
            new DeliveryMessage.Records(
                new IntegrationId(integration),
                new InstallationId(installation),
                "pins",
                new DeliveryMessage.Receipt("o", "p", "1.0.a"),
                true),
            "hook",
            "{\"resultInfo\":{\"type\":\"url\",\"numRecords\":1}}".getBytes(UTF_8)),
        1);
    return link(posted.getFirst()).substring("https://api.example".length());
  }

  private static String link(byte[] body) {
    try {
      JsonNode message = Json.parse(body);
      return message.at("/resultInfo/downloadUrl").asText();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static <T> T unused(Class<T> port) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (_, method, _) -> {
              throw new AssertionError(method + " is not needed");
            }));
  }

  @Test
  void aLinkOpensItsRecordsWithoutAnyKeyForAQuarterOfAnHour() {
    String link = link();

    world.clock.advance(Duration.ofMinutes(15).minusSeconds(1));
    Answer answer = world.send("", "GET", link, null);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().toString()).isEqualTo(RESULT);
    world.clock.advance(Duration.ofSeconds(1));
    Answer late = world.send("", "GET", link, null);
    assertThat(late.status()).isEqualTo(403);
    assertThat(late.text("detail")).contains("the link was valid until 2026-09-01T08:15:00Z");
    assertThat(late.text("remedy"))
        .contains("each attempt to deliver the message brings a new one");
  }

  @ParameterizedTest
  @CsvSource({
    "signature=., signature=0",
    "signature=.*, ''",
    "signature=.*, signature=é",
    "expires=[0-9]+, expires=99999999999",
    "expires=[0-9]+, expires=never",
    "expires=[0-9]+&, ''",
    "destination=hook, destination=other",
    "destination=hook, ''",
    "results/msg_1, results/msg_2",
    "installations/........, installations/00000000",
  })
  void aLinkThatWasChangedOpensNothing(String what, String by) {
    String link = link();
    String changed = link.replaceFirst(what, by);

    Answer answer = world.send("", "GET", changed.replace("é", "%C3%A9"), null);

    assertThat(changed).isNotEqualTo(link);
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.text("detail")).isEqualTo("the link is not one that a message brought");
  }

  @Test
  void aLinkOfAnotherProjectOpensNothing() {
    String other = world.project("other");

    assertThat(world.send("", "GET", link().replace(project, other), null).status()).isEqualTo(403);
  }

  @Test
  void whatACustomerHadIsGoneWithTheCustomer() {
    String link = link();
    world.delete("/v1/projects/shop/integrations/sync/installations/" + installation);

    Answer answer = world.send("", "GET", link, null);

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text("detail")).contains("the records of message msg_1 are not kept");
  }

  @Test
  void aLinkStaysOpenWhileTheKeyIsReplaced() {
    String link = link();
    world.post("/v1/projects/shop/destinations/hook:rotateKey", "");

    assertThat(world.send("", "GET", link, null).status()).isEqualTo(200);
  }
}
