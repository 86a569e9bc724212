package io.pinferry.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.NotificationType;
import io.pinferry.management.ManagementWorld.Answer;
import io.pinferry.notification.Notification;
import io.pinferry.notification.Outbox;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.Work;
import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.timer.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The changes that a page and a back end may make to an installation, and their effects. */
final class InstallationChangeTest {
  private static final String INSTALLATIONS = "/v1/projects/shop/integrations/sync/installations";
  private static final String CONTENT = "/config/content";
  private static final String MANIFEST =
      """
      specVersion: 1.0.0
      integrations:
        - name: sync
          provider: pinterest
          read:
            objects:
              - objectName: boards
                destination: hook
                schedule: "*/30 * * * *"
                requiredFields:
                  - fieldName: id
                optionalFields:
                  - fieldName: description
                  - fieldName: privacy
                  - mapToName: boardTitle
                    default: name
                backfill:
                  defaultPeriod:
                    fullHistory: true
              - objectName: pins
                destination: hook
                optionalFieldsAuto: all
                schedule: "0 3 * * *"
                backfill:
                  defaultPeriod:
                    days: 30
          write:
            objects:
              - objectName: pins
              - objectName: boards
          proxy:
            enabled: true
      """;

  private final ManagementWorld world = new ManagementWorld();
  private String installation = "";
  private String one = "";

  @BeforeEach
  void anInstallationOfBoards() {
    String project = world.project("shop");
    world.destination("hook");
    world.deploy(MANIFEST, "");
    world.connect(project, "org_7", "boards:read", "pins:read");
    Answer answer =
        world.post(
            INSTALLATIONS,
            "{'groupRef':'org_7','config':{'content':{'provider':'pinterest','read':{'objects':"
                + "{'boards':{'objectName':'boards','schedule':'0 5 * * *',"
                + "'selectedFields':{'description':true},'selectedFieldMappings':"
                + "{'boardTitle':'name'}}}},'write':{'objects':{'pins':{'objectName':'pins',"
                + "'deletionSettings':{'enabled':true}}}}}}}");
    assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
    installation = answer.text("id");
    one = INSTALLATIONS + "/" + installation;
    world.clock.advance(Duration.ofMinutes(1));
  }

  /** Sends a change of the config's content. */
  private Answer change(String mask, String content) {
    return world.patch(
        one,
        "{'updateMask':['" + mask + "'],'installation':{'config':{'content':" + content + "}}}");
  }

  private Answer changed(String mask, String content) {
    Answer answer = change(mask, content);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(world.get(one).body()).isEqualTo(answer.body());
    return answer;
  }

  @Test
  void theNextReadIsDueWhenItsTimerIsUnlessTheObjectIsPaused() {
    String due = world.timers("schedule").getFirst().dueAt().toString();

    assertThat(world.get(one).body().path("nextReads").toString())
        .isEqualTo("{\"boards\":\"" + due + "\"}");

    changed(
        "config.content.read.objects.boards.disabled",
        "{'read':{'objects':{'boards':{'disabled':true}}}}");
    assertThat(world.get(one).body().has("nextReads")).isFalse();
    changed(
        "config.content.read.objects.boards.disabled",
        "{'read':{'objects':{'boards':{'disabled':false}}}}");
    assertThat(world.get(one).body().at("/nextReads/boards").asText()).isEqualTo(due);
  }

  private JsonNode content() {
    return world.get(one).body().at(CONTENT);
  }

  private List<Operation> operations() {
    return world
        .cloud
        .operations()
        .ofInstallation(new InstallationId(installation), 100, null)
        .operations();
  }

  private Operation newest(String object) {
    return operations().stream()
        .filter(operation -> operation.objectName().equals(object))
        .findFirst()
        .orElseThrow();
  }

  private List<Timer> schedules() {
    return world.timers("schedule");
  }

  private List<NotificationType> told() {
    return new Outbox(world.cloud.directory())
        .pending(100).stream().map(Notification::type).toList();
  }

  private static String pins(String more) {
    return "{'read':{'objects':{'pins':{'objectName':'pins','selectedFields':{'title':true},"
        + "'selectedFieldMappings':{}"
        + more
        + "}}}}";
  }

  @Test
  void anObjectIsReplacedAndTheOthersStay() {
    JsonNode before = content();

    Answer answer =
        changed(
            "config.content.read.objects.boards",
            "{'provider':'pinterest','read':{'objects':{'boards':{'objectName':'boards',"
                + "'selectedFields':{'privacy':true},'selectedFieldMappings':{},"
                + "'dynamicMappingsInput':[],'selectedValueMappings':{'privacy':"
                + "{'open':'PUBLIC'}}},'pins':{'objectName':'pins'}}},'proxy':{'enabled':false}}");

    JsonNode boards = answer.body().at(CONTENT + "/read/objects/boards");
    assertThat(boards.at("/selectedFields").toString()).isEqualTo("{\"id\":true,\"privacy\":true}");
    assertThat(boards.at("/selectedFieldMappings")).isEmpty();
    assertThat(boards.at("/selectedValueMappings/privacy/open").asText()).isEqualTo("PUBLIC");
    assertThat(boards.path("schedule").asText())
        .as("what the page does not know stays")
        .isEqualTo("0 5 * * *");
    assertThat(content().path("write")).isEqualTo(before.path("write"));
    assertThat(content().at("/read/objects/pins").isMissingNode())
        .as("what the mask does not name is ignored")
        .isTrue();
    assertThat(content().at("/proxy/enabled").booleanValue()).isTrue();
    assertThat(answer.text("updateTime")).isEqualTo("2026-09-01T08:01:00Z");
    assertThat(answer.body().at("/config/createTime").asText()).isEqualTo("2026-09-01T08:01:00Z");
    assertThat(schedules()).hasSize(1);
    assertThat(operations()).as("its read goes on").singleElement().matches(read -> !read.ended());
  }

  @Test
  void aNewObjectGetsItsFirstReadAndItsSchedule() {
    Answer answer = changed("config.content.read.objects.pins", pins(""));

    assertThat(answer.body().at(CONTENT + "/read/objects/boards/selectedFields/description"))
        .isEqualTo(content().at("/read/objects/boards/selectedFields/description"));
    Operation read = newest("pins");
    assertThat(read.read().type().text()).isEqualTo("backfill");
    assertThat(read.origin().configId()).isEqualTo(answer.body().at("/config/id").asText());
    Work.Read spec = read.read();
    assertThat(spec.period().since()).isEqualTo(Instant.parse("2026-08-02T08:01:00Z"));
    assertThat(spec.selection().fields()).extracting(field -> field.text()).contains("title");
    assertThat(schedules())
        .extracting(Timer::dueAt, Timer::id, timer -> timer.payload().get("last"))
        .contains(
            tuple(
                Instant.parse("2026-09-02T03:00:00Z"), installation + "/pins", read.id().value()));
    assertThat(world.timers("watchdog")).hasSize(2);
    assertThat(world.cloud.readQueue().receive())
        .anyMatch(partition -> partition.operation().equals(read.id()));
    assertThat(world.sampling.asked()).containsExactly("boards", "pins");
  }

  @Test
  void anObjectThatIsTakenAwayLosesTimerAndRead() {
    changed("config.content.read.objects.pins", pins(""));

    changed(
        "config.content.read.objects",
        "{'read':{'objects':{'boards':{'selectedFields':{'description':true}}}}}");

    assertThat(content().at("/read/objects/pins").isMissingNode()).isTrue();
    assertThat(content().at("/read/objects/boards/schedule").asText()).isEqualTo("0 5 * * *");
    assertThat(schedules()).extracting(Timer::id).containsExactly(installation + "/boards");
    assertThat(newest("pins").status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(newest("pins").result())
        .isEqualTo("[pins] taken out of the installation while it was read");
    assertThat(newest("boards").ended()).isFalse();
  }

  @Test
  void anObjectThatComesBackIsReadFromTheBeginning() {
    changed("config.content.read.objects.pins", pins(""));
    Operation first = newest("pins");
    changed("config.content.read.objects", "{'read':{'objects':{'boards':{}}}}");
    world.clock.advance(Duration.ofMinutes(1));

    changed("config.content.read.objects.pins", pins(""));

    assertThat(newest("pins").id()).isNotEqualTo(first.id());
    assertThat(newest("pins").ended()).isFalse();
    assertThat(schedules())
        .filteredOn(timer -> timer.id().endsWith("/pins"))
        .singleElement()
        .extracting(timer -> timer.payload().get("last"))
        .isEqualTo(newest("pins").id().value());
  }

  @Test
  void anotherScheduleMovesTheTimer() {
    Operation backfill = newest("boards");

    changed(
        "config.content.read.objects.boards",
        "{'read':{'objects':{'boards':{'schedule':'15 * * * *','selectedFields':{}}}}}");

    assertThat(schedules())
        .extracting(
            Timer::dueAt,
            timer -> timer.payload().get("schedule"),
            timer -> timer.payload().get("last"))
        .containsExactly(
            tuple(Instant.parse("2026-09-01T08:15:00Z"), "15 * * * *", backfill.id().value()));
    assertThat(operations()).as("no second first read").hasSize(1);
  }

  @Test
  void aScheduleThatComesBackHasOneTimer() {
    String daily = "{'read':{'objects':{'boards':{'schedule':'0 5 * * *','selectedFields':{}}}}}";
    changed("config.content.read.objects.boards", daily.replace("0 5 * * *", "15 * * * *"));

    changed("config.content.read.objects.boards", daily);

    assertThat(schedules())
        .extracting(Timer::dueAt)
        .containsExactly(Instant.parse("2026-09-02T05:00:00Z"));
  }

  @Test
  void anObjectIsDisabledAndEnabledLikeAPause() {
    Answer answer =
        changed(
            "config.content.read.objects.boards.disabled",
            "{'read':{'objects':{'boards':{'disabled':true,'selectedFields':{}}}}}");

    JsonNode boards = answer.body().at(CONTENT + "/read/objects/boards");
    assertThat(boards.path("disabled").booleanValue()).isTrue();
    assertThat(boards.at("/selectedFields/description").booleanValue())
        .as("only the flag is changed")
        .isTrue();
    assertThat(newest("boards").result()).isEqualTo("[boards] disabled while it was read");
    assertThat(schedules()).hasSize(1);

    changed(
        "config.content.read.objects.boards",
        "{'read':{'objects':{'boards':{'objectName':'boards','selectedFields':{}}}}}");
    assertThat(content().at("/read/objects/boards/disabled").booleanValue())
        .as("a save does not enable it")
        .isTrue();

    changed(
        "config.content.read.objects.boards.disabled",
        "{'read':{'objects':{'boards':{'disabled':false}}}}");
    assertThat(content().at("/read/objects/boards/disabled").booleanValue()).isFalse();
    assertThat(operations()).as("it is read at its schedule's next time").hasSize(1);
  }

  @Test
  void writeObjectsAreReplacedAsAWholeOrOneByOne() {
    changed(
        "config.content.write.objects.boards",
        "{'write':{'objects':{'boards':{'objectName':'boards'}}}}");
    assertThat(content().at("/write/objects").toString())
        .isEqualTo(
            "{\"pins\":{\"objectName\":\"pins\",\"deletionSettings\":{\"enabled\":true}},"
                + "\"boards\":{\"objectName\":\"boards\"}}");

    changed(
        "config.content.write.objects", "{'write':{'objects':{'boards':{'objectName':'boards'}}}}");
    assertThat(content().at("/write/objects").toString())
        .isEqualTo("{\"boards\":{\"objectName\":\"boards\"}}");
  }

  @Test
  void theProxyAndTheMakerAreChanged() {
    Answer answer =
        world.patch(
            one,
            "{'updateMask':['config.content.proxy.enabled','config.createdBy'],'installation':"
                + "{'config':{'createdBy':'builder:b_1','content':{'proxy':{'enabled':false}}}}}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().at("/config/createdBy").asText()).isEqualTo("builder:b_1");
    assertThat(answer.body().at(CONTENT + "/proxy/enabled").booleanValue()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[null]", "'text'", "7", "true"})
  void anInstallationThatIsNoObjectIsRefusedEvenIfTheMaskNamesNothing(String wrong) {
    Answer answer = world.patch(one, "{'updateMask':[],'installation':" + wrong + "}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().path("detail").asText()).startsWith("installation: ");
  }

  @Test
  void nothingNamedOrNothingNewChangesNothing() {
    JsonNode before = world.get(one).body();
    List<NotificationType> told = told();

    for (String same :
        List.of("{'updateMask':[],'installation':{}}", "{'updateMask':[],'installation':null}")) {
      assertThat(world.patch(one, same).body()).isEqualTo(before);
    }
    assertThat(
            changed(
                    "config.content.read.objects.boards",
                    "{'read':{'objects':{'boards':{'selectedFields':{'description':true},"
                        + "'selectedFieldMappings':{'boardTitle':'name'}}}}}")
                .body())
        .isEqualTo(before);
    assertThat(told()).isEqualTo(told);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "config.content.read.objects.bords|{'read':{'objects':{'bords':{}}}}|422"
            + "|installation.config.content.read.objects.bords: is not among the objects that",
        "config.content.read.objects.boards|{'read':{'objects':{}}}|400"
            + "|installation.config.content.read.objects.boards: is missing although updateMask",
        "config.content.read.objects.boards|{'read':{'objects':{'boards':{'schedule':'* * * *"
            + " *'}}}}|422|installation.config.content.read.objects.boards.schedule: fires 1 min"
            + " apart",
        "config.content.read.objects.boards|{'read':{'objects':{'boards':{'destination':'x'}}}}"
            + "|422|installation.config.content.read.objects.boards.destination: names a",
        "config.content.read.objects.boards|{'read':{'objects':{'boards':{'selectedFields':"
            + "{'descr':true}}}}}|422"
            + "|installation.config.content.read.objects.boards.selectedFields.descr: is not",
        "config.content.read.objects.pins.disabled|{'read':{'objects':{'pins':{'disabled':true}}}}"
            + "|422|installation.config.content.read.objects.pins: is not read by this",
        "config.content.read.objects.boards.disabled|{'read':{'objects':{'boards':{}}}}|400"
            + "|installation.config.content.read.objects.boards.disabled: is missing although",
        "config.content.read.objects.boards.schedule|{}|400"
            + "|updateMask[0]: cannot be changed; allowed: connectionId, config.createdBy,",
        "config.content|{}|400|updateMask[0]: cannot be changed",
        "groupRef|{}|400|updateMask[0]: cannot be changed",
        "config.content.subscribe.objects|{}|400|updateMask[0]: is not possible: Pinterest",
        "config.content.write.objects|{'write':{'objects':{'media':{'objectName':'media'}}}}|422"
            + "|installation.config.content.write.objects.media: is not among the objects",
        "config.content.proxy.enabled|{'proxy':{'enabled':'yes'}}|422"
            + "|installation.config.content.proxy.enabled: is a text, but true or false is needed",
        "config.createdBy|{}|400|installation.config.createdBy: is missing although"
      })
  void wrongChangesAreRefusedByMember(String mask, String content, int status, String issue) {
    JsonNode before = world.get(one).body();

    Answer answer = change(mask, content);

    assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    assertThat(answer.issue()).startsWith(issue);
    assertThat(world.get(one).body()).isEqualTo(before);
  }

  @Test
  void masksAreNeeded() {
    assertThat(world.patch(one, "{'installation':{}}").issue())
        .startsWith("updateMask: is missing; name what to change: connectionId");
    assertThat(world.patch(one, "{'updateMask':['connectionId']}").body().toString())
        .contains("installation");
  }

  @Test
  void namesInMasksMayBeEscaped() {
    assertThat(InstallationMasks.names("config.content.read.objects.a\\.b\\:c\\/d\\\\e"))
        .containsExactly("config", "content", "read", "objects", "a.b:c/d\\e");
    changed("config.content.read.objects.\\\\pins", pins(""));
    assertThat(newest("pins").ended()).isFalse();
  }

  @Test
  void whatPinterestRefusesOfANewObjectIsNotInstalled() {
    world.sampling.refuse(
        "pins",
        new PinterestFailure(
            PinterestFailure.Kind.REFUSED, 400, 1, "Invalid request.", "rid-1", null));

    Answer answer = change("config.content.read.objects.pins", pins(""));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text("detail")).contains("Pins: Pinterest 400").contains("Invalid request.");
    assertThat(answer.body().at("/issues/0/name").asText())
        .isEqualTo("installation.config.content.read.objects.pins");
    assertThat(content().at("/read/objects/pins").isMissingNode()).isTrue();
    assertThat(operations()).hasSize(1);

    Answer skipped =
        world.patch(
            one + "?skipSampling=true",
            "{'updateMask':['config.content.read.objects.pins'],'installation':{'config':"
                + "{'content':"
                + pins("")
                + "}}}");
    assertThat(skipped.status()).isEqualTo(200);
  }

  @Test
  void anObjectThatADeployHasDroppedDoesNotStandInTheWay() {
    changed("config.content.read.objects.pins", pins(""));
    Answer deployed =
        world.deploy(
            MANIFEST.substring(0, MANIFEST.indexOf("        - objectName: pins"))
                + "    write:\n      objects:\n        - objectName: pins\n",
            "");
    assertThat(deployed.status()).isEqualTo(200);

    changed(
        "config.content.read.objects.boards",
        "{'read':{'objects':{'boards':{'selectedFields':{'privacy':true}}}}}");

    assertThat(content().at("/read/objects/pins/selectedFields/title").booleanValue()).isTrue();
    assertThat(newest("pins").ended()).isFalse();
    assertThat(world.get(one).body().at("/config/revisionId"))
        .isEqualTo(
            world.get("/v1/projects/shop/integrations/sync").body().at("/latestRevision/id"));
    assertThat(change("config.content.read.objects.pins", pins("")).status()).isEqualTo(422);
  }

  /** Deploys the manifest with other lines in the place of those of pins' backfill. */
  private void deployWith(String lines) {
    String backfill = "          backfill:\n            defaultPeriod:\n              days: 30\n";
    assertThat(MANIFEST).contains(backfill);
    Answer deployed = world.deploy(MANIFEST.replace(backfill, lines), "");
    assertThat(deployed.status()).as(deployed.toString()).isEqualTo(200);
  }

  private void changeBoards() {
    changed(
        "config.content.read.objects.boards",
        "{'read':{'objects':{'boards':{'selectedFields':{'privacy':true}}}}}");
  }

  @Test
  void whatADeployDemandsOfAnotherObjectDoesNotStandInTheWay() {
    changed("config.content.read.objects.pins", pins(""));
    deployWith("          requiredFields:\n            - mapToName: needed\n");

    changeBoards();

    assertThat(content().at("/read/objects/pins/selectedFields/title").booleanValue()).isTrue();
    assertThat(change("config.content.read.objects.pins", pins("")).issue())
        .startsWith(
            "installation.config.content.read.objects.pins.selectedFieldMappings.needed: is"
                + " missing");
  }

  @Test
  void whatADeployReadsAlwaysBeginsWithTheNextChange() {
    deployWith(
        """
                - objectName: media
                  destination: hook
                  enabled: always
                  backfill:
                    defaultPeriod:
                      fullHistory: true
                - objectName: catalogs
                  destination: hook
                  enabled: always
        """);
    assertThat(operations()).hasSize(1);

    changeBoards();

    assertThat(newest("media").read().type().text()).isEqualTo("backfill");
    assertThat(content().at("/read/objects").fieldNames())
        .toIterable()
        .as("but for what was not granted")
        .containsExactly("boards", "media");
  }

  @Test
  void buildersAreToldOfChangesAndOfWhatIsDisabled() {
    changed("config.content.read.objects.pins", pins(""));
    assertThat(told())
        .containsExactlyInAnyOrder(
            NotificationType.INSTALLATION_CREATED, NotificationType.INSTALLATION_UPDATED);

    changed(
        "config.content.read.objects.pins.disabled",
        "{'read':{'objects':{'pins':{'disabled':true}}}}");
    assertThat(told())
        .contains(NotificationType.READ_SCHEDULE_PAUSED)
        .filteredOn(type -> type == NotificationType.INSTALLATION_UPDATED)
        .hasSize(2);
  }
}
