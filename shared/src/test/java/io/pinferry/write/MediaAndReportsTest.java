package io.pinferry.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.net.FileRelay.FormField;
import io.pinferry.net.FileRelay.RelayResult;
import io.pinferry.net.FileRelay.Source;
import io.pinferry.net.HttpCall;
import io.pinferry.net.TransportFailure;
import io.pinferry.operation.OperationStatus;
import io.pinferry.write.WriteWorld.Answer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records that take more than one request. */
final class MediaAndReportsTest {
  private static final String REGISTERED =
      "{\"media_id\":\"77\",\"media_type\":\"video\",\"upload_url\":\"https://store.example/up\","
          + "\"upload_parameters\":{\"key\":\"k 1\",\"policy\":\"p\"}}";
  private static final String VIDEO =
      "{\"media_type\":\"video\",\"url\":\"https://shop.example/lamp.mp4?sig=1\"}";
  private static final String VIDEO_PIN =
      "{\"board_id\":\"1\",\"media_source\":{\"source_type\":\"video_url\","
          + "\"url\":\"https://shop.example/lamp.mp4\",\"cover_image_key_frame_time\":1}}";
  private static final String REPORT =
      "{\"catalog_type\":\"RETAIL\",\"ad_account_id\":\"5\","
          + "\"report\":{\"report_type\":\"DISTRIBUTION_ISSUES\"}}";

  private final WriteWorld world = new WriteWorld();

  private static String status(String status) {
    return "{\"media_id\":\"77\",\"media_type\":\"video\",\"status\":\"" + status + "\"}";
  }

  private static String line(HttpCall call) {
    String query = call.uri().getRawQuery();
    return call.method() + " " + call.uri().getRawPath() + (query == null ? "" : "?" + query);
  }

  @Test
  void aVideoIsRegisteredUploadedAndAwaitedInOneCall() {
    world.next(201, REGISTERED).nextLook(status("processing")).nextLook(status("succeeded"));

    Answer answer = world.write("media", "create", VIDEO);

    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.json().path("result").path("recordId").asText()).isEqualTo("77");
    assertThat(answer.json().path("result").path("data").path("status").asText())
        .isEqualTo("succeeded");
    assertThat(WriteWorld.body(world.calls.getFirst())).isEqualTo("{\"media_type\":\"video\"}");
    WriteWorld.Upload upload = world.uploads.getFirst();
    assertThat(upload.source())
        .isEqualTo(new Source.Web(URI.create("https://shop.example/lamp.mp4?sig=1")));
    assertThat(upload.to()).isEqualTo(URI.create("https://store.example/up"));
    assertThat(upload.fields())
        .containsExactly(new FormField("key", "k 1"), new FormField("policy", "p"));
    assertThat(world.lookUps).extracting(MediaAndReportsTest::line).contains("GET /v5/media/77");
  }

  @Test
  void aVideoMayComeInline() {
    world.next(201, REGISTERED).nextLook(status("succeeded"));

    world.write("media", "create", "{\"media_type\":\"video\",\"data\":\"aGVsbG8=\"}");

    assertThat(world.uploads.getFirst().source())
        .isInstanceOfSatisfying(
            Source.Inline.class,
            inline -> assertThat(inline.bytes()).asString().isEqualTo("hello"));
  }

  @Test
  void aPinCarriesItsVideo() {
    world
        .next(201, REGISTERED)
        .nextLook(status("succeeded"))
        .next(201, "{\"id\":\"900\",\"board_id\":\"1\"}");

    Answer answer = world.write("pins", "create", VIDEO_PIN);

    assertThat(answer.json().path("result").path("recordId").asText()).isEqualTo("900");
    assertThat(Json.trusted(WriteWorld.body(world.calls.getLast())).path("media_source"))
        .isEqualTo(
            Json.trusted(
                "{\"source_type\":\"video_id\",\"cover_image_key_frame_time\":1,\"media_id\":\"77\"}"));
  }

  @Test
  void nothingIsRegisteredForAVideoThatCannotBeFetched() {
    for (boolean retryable : new boolean[] {false, true}) {
      world.nextCheck(new RelayResult.FetchFailure("was answered 404", retryable));

      Answer answer = world.write("media", "create", VIDEO);

      assertThat(answer.status()).isEqualTo(422);
      assertThat(answer.text()).contains("nothing was written: the video was answered 404");
    }
    assertThat(world.calls).isEmpty();
    assertThat(world.uploads).isEmpty();
  }

  @Test
  void nothingIsRegisteredForAVideoWithoutACover() {
    Answer answer =
        world.write("pins", "create", VIDEO_PIN.replace("cover_image_key_frame_time", "x"));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text()).contains("record.media_source: needs a cover");
    assertThat(world.calls).isEmpty();
  }

  @Test
  void aRegistrationWhoseAnswerIsLostIsRepeatedSinceThatDoesNoHarm() {
    world
        .next(
            call -> {
              throw new TransportFailure("no answer", true, new IOException("gone"));
            })
        .next(201, REGISTERED)
        .nextLook(status("succeeded"));

    assertThat(world.write("media", "create", VIDEO).status()).isEqualTo(200);
    assertThat(world.uploads).hasSize(1);
  }

  @Test
  void anUploadThatBrokeOffIsLookedForBeforeItIsBegunAgain() {
    world.next(201, REGISTERED).nextUpload(new RelayResult.Interruption("the upload broke off"));
    Answer answer = later(VIDEO);
    world.work();

    world.nextLook(status("processing")).nextLook(status("succeeded"));
    minute();

    assertThat(world.operation(answer).result()).isEqualTo("[media] create: 1 of 1 written");
    assertThat(world.uploads).hasSize(1);
  }

  @Test
  void anUploadThatDidNotComeIsBegunAnew() {
    world.next(201, REGISTERED).nextUpload(new RelayResult.Interruption("the upload broke off"));
    Answer answer = later(VIDEO);
    world.work();

    world.nextLook(status("registered")).next(201, REGISTERED).nextLook(status("succeeded"));
    minute();

    assertThat(world.operation(answer).result()).isEqualTo("[media] create: 1 of 1 written");
    assertThat(world.uploads).hasSize(2);
  }

  @Test
  void nothingIsUploadedThatNobodyWouldLookFor() {
    world.next(
        call -> {
          world.failStores(true);
          return WriteWorld.json(201, REGISTERED);
        });
    later(VIDEO);

    assertThatThrownBy(world::work).isInstanceOf(ProviderUnavailable.class);
    assertThat(world.uploads).isEmpty();
  }

  private Answer later(String record) {
    return world.post(
        "media",
        "{\"groupRef\":\"org_7\",\"type\":\"create\",\"mode\":\"asynchronous\",\"record\":"
            + record
            + "}");
  }

  private void minute() {
    world.clock.advance(Duration.ofSeconds(61));
    world.fireTimers();
    world.work();
  }

  @Test
  void aVideoWhosePolicyRanOutIsRegisteredAgain() {
    world
        .next(201, REGISTERED)
        .nextUpload(new RelayResult.Refusal(403, "Policy expired."))
        .next(201, REGISTERED)
        .nextLook(status("succeeded"));

    assertThat(world.write("media", "create", VIDEO).status()).isEqualTo(200);
    assertThat(world.uploads).hasSize(2);
  }

  @Test
  void aVideoThatCannotBeFetchedMakesNoPin() {
    world.next(201, REGISTERED).nextUpload(new RelayResult.FetchFailure("was answered 404", false));

    Answer answer = world.write("pins", "create", VIDEO_PIN);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text()).contains("nothing was written", "was answered 404");
    assertThat(world.calls).hasSize(1);
    assertThat(world.records.all().getFirst().mark()).as("no pin was sent").isNull();
  }

  @Test
  void aVideoThatPinterestCannotUseMakesNoPin() {
    world.next(201, REGISTERED).nextLook(status("failed"));

    Answer answer = world.write("pins", "create", VIDEO_PIN);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text()).contains("begun as 77", "failed");
    assertThat(world.calls).hasSize(1);
  }

  /** Lets minutes pass, fires the due timers and lets the worker take its messages. */
  private void minutes() {
    for (int i = 0; i < 5; i++) {
      world.clock.advance(Duration.ofSeconds(61));
      world.fireTimers();
      world.work();
    }
  }

  private void processing() {
    IntStream.range(0, 30).forEach(i -> world.nextLook(status("processing")));
  }

  @Test
  void aVideoThatTakesLongerIsAnsweredAsItIsAndBroughtToItsEnd() {
    world.next(201, REGISTERED);
    processing();

    Answer answer = world.write("media", "create", VIDEO);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("result").path("recordId").asText()).isEqualTo("77");
    assertThat(answer.json().path("result").path("data").path("status").asText())
        .isEqualTo("processing");
    assertThat(world.operation(answer).status()).isEqualTo(OperationStatus.IN_PROGRESS);
    assertThat(world.notifications()).isEmpty();

    world.readyFromNowOn(status("succeeded"));
    world.work();

    assertThat(world.operation(answer).result()).isEqualTo("[media] create: 1 of 1 written");
    assertThat(world.operation(answer).status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.notifications())
        .singleElement()
        .satisfies(
            told ->
                assertThat(told.data().path("successfulRecordIds").toString())
                    .isEqualTo("[\"77\"]"));
    assertThat(world.calls).as("registered once").hasSize(1);
    assertThat(world.uploads).hasSize(1);
    minutes();
    assertThat(world.timers.all()).isEmpty();
  }

  @Test
  void aPinWhoseVideoTakesLongerIsCreatedLaterAndOnce() {
    world.next(201, REGISTERED);
    processing();

    Answer answer = world.write("pins", "create", VIDEO_PIN);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().properties()).as("no result yet").hasSize(1);
    assertThat(world.calls).hasSize(1);

    world.readyFromNowOn(status("succeeded"));
    world.next(201, "{\"id\":\"900\"}");
    world.work();
    minutes();

    assertThat(world.operation(answer).status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.calls).hasSize(2);
    assertThat(world.uploads).hasSize(1);
    assertThat(WriteWorld.body(world.calls.getLast())).contains("\"media_id\":\"77\"");
  }

  @Test
  void whatIsHandedOnIsSentAgainIfTheMessageIsLost() {
    world.next(201, REGISTERED);
    processing();
    Answer answer = world.write("pins", "create", VIDEO_PIN);
    world.loseMessages();

    world.readyFromNowOn(status("succeeded"));
    world.next(201, "{\"id\":\"900\"}");
    minutes();

    assertThat(world.operation(answer).status()).isEqualTo(OperationStatus.SUCCESS);
  }

  @Test
  void ofABatchOnlyWhatPinterestIsStillAtIsHandedOn() {
    world.next(201, REGISTERED).next(400, "{\"code\":1,\"message\":\"No.\"}");
    processing();
    String image =
        "{\"board_id\":\"1\",\"media_source\":{\"source_type\":\"image_url\","
            + "\"url\":\"https://img.example/1.jpg\"}}";

    Answer answer = world.batch("pins", "create", false, List.of(VIDEO_PIN, image, "{}"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("successCount").asInt()).isZero();
    assertThat(answer.json().path("failureCount").asInt()).isEqualTo(2);
    assertThat(answer.json().path("errors").findValuesAsText("message").getFirst())
        .startsWith("batch[0]: not finished, and not failed")
        .contains("do not repeat it");

    world.readyFromNowOn(status("succeeded"));
    world.next(201, "{\"id\":\"900\"}");
    world.work();

    assertThat(world.operation(answer).result()).isEqualTo("[pins] create: 1 of 3 written");
    assertThat(world.calls).hasSize(3);
  }

  @Test
  void aVideoThatCameInlineIsNotKept() {
    world.next(201, REGISTERED);
    processing();
    String data = "A".repeat(400_000);

    Answer answer =
        world.write(
            "pins",
            "create",
            VIDEO_PIN
                .replace("video_url", "video_base64")
                .replace("\"url\":\"https://shop.example/lamp.mp4\"", "\"data\":\"" + data + "\""));

    assertThat(answer.json().properties()).hasSize(1);
    assertThat(world.records.recordsOf(world.operation(answer).id()).getFirst().input())
        .contains("video_base64")
        .doesNotContain("AAAA");
    world.readyFromNowOn(status("succeeded"));
    world.next(201, "{\"id\":\"900\"}");
    world.work();
    assertThat(world.operation(answer).status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.uploads).hasSize(1);
  }

  @Test
  void aVideoWhoseUploadTakesLongerIsLookedForAndBegunAgainLater() {
    world
        .next(
            call -> {
              world.clock.advance(Duration.ofSeconds(21));
              return WriteWorld.json(201, REGISTERED);
            })
        .nextUpload(new RelayResult.Interruption("it was not done in time"));

    Answer answer = world.write("pins", "create", VIDEO_PIN);

    assertThat(answer.json().properties()).hasSize(1);
    world.readyFromNowOn(status("succeeded")).nextLook(status("registered"));
    world.next(201, REGISTERED).next(201, "{\"id\":\"900\"}");
    world.work();
    assertThat(world.operation(answer).status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.uploads).hasSize(2);
  }

  @Test
  void whatCannotBeHandedOnIsSaidToBeUnfinished() {
    world.next(201, REGISTERED);
    processing();
    String cover = "A".repeat(400_000);

    Answer answer =
        world.write(
            "pins",
            "create",
            VIDEO_PIN.replace(
                "\"cover_image_key_frame_time\":1",
                "\"cover_image_data\":\""
                    + cover
                    + "\",\"cover_image_content_type\":\"image/png\""));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text()).contains("nothing was written", "media 77", "video_id");
    assertThat(world.operation(answer).ended()).isTrue();
    assertThat(world.work()).isZero();
  }

  @Test
  void aRepetitionWhileItIsUnderWayIsAnsweredWithTheOperationOnly() {
    world.next(201, REGISTERED);
    processing();
    String body = "{\"groupRef\":\"org_7\",\"type\":\"create\",\"record\":" + VIDEO_PIN + "}";

    Answer first = world.post("pins", body, "key 1");
    Answer again = world.post("pins", body, "key 1");

    assertThat(again).isEqualTo(first);
    assertThat(world.calls).hasSize(1);
  }

  @Test
  void aRegistrationAloneIsAnsweredWithWhereToUpload() {
    world.next(201, REGISTERED);

    Answer answer = world.write("media", "create", "{\"media_type\":\"video\"}");

    assertThat(answer.json().path("result").path("data").path("upload_url").asText())
        .isEqualTo("https://store.example/up");
    assertThat(world.uploads).isEmpty();
  }

  @Test
  void anAddressInsideOurNetworkIsRefusedBeforeAnything() {
    for (String url :
        new String[] {
          "http://shop.example/a", "https://169.254.169.254/a", "https://localhost/a"
        }) {
      Answer answer =
          world.write("media", "create", "{\"media_type\":\"video\",\"url\":\"" + url + "\"}");

      assertThat(answer.status()).isEqualTo(422);
      assertThat(answer.text()).contains("record.url: ");
    }
    assertThat(world.calls).isEmpty();
  }

  @Test
  void aReportIsAwaited() {
    world
        .next(200, "{\"token\":\"t 1\"}")
        .nextLook("{\"report_status\":\"IN_PROGRESS\",\"url\":null,\"size\":null}")
        .nextLook("{\"report_status\":\"FINISHED\",\"url\":\"https://r.example/1\",\"size\":12}");

    Answer answer = world.write("reports", "create", REPORT);

    assertThat(answer.json().path("result"))
        .isEqualTo(
            Json.trusted(
                "{\"success\":true,\"recordId\":\"t 1\",\"data\":{\"token\":\"t 1\","
                    + "\"report_status\":\"FINISHED\",\"url\":\"https://r.example/1\",\"size\":12}}"));
    assertThat(line(world.lookUps.getLast()))
        .isEqualTo("GET /v5/catalogs/reports?token=t%201&ad_account_id=5");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"report_status\":\"FINISHED\",\"url\":null,\"size\":null}",
        "{\"report_status\":\"FINISHED\"}",
        "{\"report_status\":null,\"url\":\"https://r.example/0\"}",
        "{}",
        ""
      })
  void aReportIsNotFinishedWithoutItsAddress(String unfinished) {
    world
        .next(200, "{\"token\":\"t1\"}")
        .nextLook(unfinished)
        .nextLook("{\"report_status\":\"FINISHED\",\"url\":\"https://r.example/1\",\"size\":12}");

    Answer answer = world.write("reports", "create", REPORT);

    assertThat(answer.json().at("/result/success").asBoolean()).as(answer.text()).isTrue();
    assertThat(answer.json().at("/result/data/url").asText()).isEqualTo("https://r.example/1");
  }

  @Test
  void aReportWithoutATokenIsOrderedAgain() {
    world
        .next(200, "{}")
        .next(200, "{\"token\":\"\"}")
        .next(200, "{\"token\":\"t1\"}")
        .nextLook("{\"report_status\":\"FINISHED\",\"url\":\"https://r.example/1\",\"size\":12}");

    Answer answer = world.write("reports", "create", REPORT);

    assertThat(answer.json().at("/result/recordId").asText()).isEqualTo("t1");

    world.next(200, "{}").next(200, "{}").next(200, "{}");
    Answer failed = world.write("reports", "create", REPORT);
    assertThat(failed.status()).isEqualTo(422);
    assertThat(failed.text()).contains("a body without token", "a repeat is safe");
  }

  @ParameterizedTest
  @ValueSource(strings = {"media_id", "upload_url", "upload_parameters"})
  void aRegistrationWithoutItsPartsIsRepeated(String member) {
    String without = Json.text(((ObjectNode) Json.trusted(REGISTERED)).without(List.of(member)));
    world.next(201, without).next(201, REGISTERED).nextLook(status("succeeded"));

    Answer answer = world.write("media", "create", VIDEO);

    assertThat(answer.json().at("/result/recordId").asText()).as(answer.text()).isEqualTo("77");
    assertThat(world.uploads).hasSize(1);
  }

  @Test
  void aReportThatTakesLongerIsAnsweredWithItsTokenAndAwaitedFurther() {
    world.next(200, "{\"token\":\"t1\"}");
    IntStream.range(0, 30).forEach(i -> world.nextLook("{\"report_status\":\"IN_PROGRESS\"}"));

    Answer answer = world.write("reports", "create", REPORT);

    assertThat(answer.json().path("result").path("recordId").asText()).isEqualTo("t1");
    assertThat(answer.json().path("result").path("data").path("report_status").asText())
        .isEqualTo("IN_PROGRESS");

    world.readyFromNowOn(
        "{\"report_status\":\"FINISHED\",\"url\":\"https://r.example/1\",\"size\":12}");
    world.work();

    assertThat(world.operation(answer).status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.calls).as("ordered once").hasSize(1);
  }

  /** The process is killed: no code runs after this. */
  private static final class Kill extends Error {}

  @Test
  void aReportWhoseWriterDiedMayHaveBeenBegun() {
    world.next(
        call -> {
          throw new Kill();
        });
    String body = "{\"groupRef\":\"org_7\",\"type\":\"create\",\"record\":" + REPORT + "}";
    assertThatThrownBy(() -> world.post("reports", body, "key-1")).isInstanceOf(Kill.class);
    world.clock.advance(Duration.ofSeconds(121));
    world.fireTimers();

    assertThat(world.post("reports", body, "key-1").text())
        .contains("outcome unknown: the write was interrupted", "a repeat is safe");
  }
}
