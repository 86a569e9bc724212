package io.pinferry.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.management.ManagementWorld.Answer;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.Origin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The operations of all installations of a project, newest first. */
final class ProjectOperationsTest {
  private static final String ALL = "/v1/projects/shop/operations";

  private final ManagementWorld world = new ManagementWorld();
  private final List<String> started = new ArrayList<>();

  @BeforeEach
  void readsOfTwoCustomers() {
    String project = world.project("shop");
    world.destination("hook");
    world.deploy(
        """
        specVersion: 1.0.0
        integrations:
          - name: sync
            provider: pinterest
            read:
              objects:
                - {objectName: boards, destination: hook, optionalFieldsAuto: all}
                - {objectName: pins, destination: hook, optionalFieldsAuto: all}
        """,
        "");
    for (String group : List.of("org_1", "org_2")) {
      world.connect(project, group, "boards:read", "pins:read");
      world.post(
          "/v1/projects/shop/integrations/sync/installations",
          "{'groupRef':'"
              + group
              + "','config':{'content':{'provider':'pinterest','read':{'objects':{'boards':{"
              + "'objectName':'boards','selectedFieldsAuto':'all'},'pins':{'objectName':'pins',"
              + "'selectedFieldsAuto':'all'}}}}}}");
    }
    for (String place : List.of("boards org_1", "boards org_2", "pins org_1", "pins org_2")) {
      world.clock.advance(Duration.ofMinutes(1));
      String[] parts = place.split(" ", -1);
      Answer answer =
          world.trigger(
              "/v1/projects/shop/integrations/sync/objects/" + parts[0],
              "{'groupRef':'" + parts[1] + "','mode':'async'}");
      started.addFirst(answer.text("operationId"));
    }
    world
        .cloud
        .operations()
        .finish(
            new OperationId(started.getLast()),
            OperationStatus.FAILURE,
            "no",
            world.clock.instant());
  }

  private List<String> listed(String query) {
    return ids(world.get(ALL + query).body());
  }

  private static List<String> ids(JsonNode page) {
    return page.path("results").valueStream().map(one -> one.path("id").asText()).toList();
  }

  @Test
  void theNewestOfAllInstallationsComesFirst() {
    assertThat(listed("")).isEqualTo(started);
    assertThat(listed("?status=failure")).containsExactly(started.getLast());
    assertThat(listed("?status=in_progress")).isEqualTo(started.subList(0, 3));
    assertThat(listed("?groupRef=org_2")).containsExactly(started.get(0), started.get(2));
    assertThat(listed("?objectName=boards")).isEqualTo(started.subList(2, 4));
    assertThat(listed("?since=2026-09-01T08:03:00Z")).isEqualTo(started.subList(0, 2));
    assertThat(listed("?groupRef=nobody")).isEmpty();
  }

  @Test
  void pagesFollowEachOther() {
    List<String> all = new ArrayList<>();
    String token = "";
    do {
      JsonNode page = world.get(ALL + "?pageSize=1&pageToken=" + token).body();
      all.addAll(ids(page));
      token = page.at("/pagination/nextPageToken").asText();
    } while (!token.isEmpty());

    assertThat(all).isEqualTo(started);
  }

  @Test
  void pagesOfAGroupFollowEachOther() {
    JsonNode first = world.get(ALL + "?pageSize=1&groupRef=org_2").body();
    String token = first.at("/pagination/nextPageToken").asText();

    assertThat(ids(first)).containsExactly(started.get(0));
    assertThat(listed("?groupRef=org_2&pageToken=" + token)).containsExactly(started.get(2));
  }

  @Test
  void eachFurtherPageBeginsWhereTheLastOneEnded() {
    var operations = new CountedPages(world.cloud.operations());
    String project = world.get("/v1/projects/shop").text("id");
    var list = new ProjectId(project);
    String token = operations.ofProject(list, 3, null).nextPageToken();

    var rest = new RecentFirst(List.of(from -> operations.ofProject(list, 3, from)), token);

    assertThat(Objects.requireNonNull(rest.next()).id().value()).isEqualTo(started.getLast());
    assertThat(rest.next()).isNull();
    assertThat(operations.asked).containsExactly("first", token);
  }

  /** Keeps the page tokens. */
  private static final class CountedPages {
    private final OperationStore operations;
    private final List<String> asked = new ArrayList<>();

    CountedPages(OperationStore operations) {
      this.operations = operations;
    }

    OperationStore.Page ofProject(ProjectId project, int limit, @Nullable String token) {
      asked.add(token == null ? "first" : token);
      return operations.ofProject(project, limit, token);
    }
  }

  @Test
  void operationsOfManyInstallationsAreListedWithoutAGroup() {
    String project = world.get("/v1/projects/shop").text("id");
    Operation one =
        world.cloud.operations().find(new OperationId(started.getFirst())).orElseThrow();
    for (int i = 0; i < 600; i++) {
      var installation = new InstallationId("installation-" + i);
      Operation other =
          Operation.started(
              new OperationId("operation-" + i),
              new Origin(
                  new ProjectId(project),
                  one.integration(),
                  installation,
                  one.connection(),
                  one.origin().configId()),
              one.work(),
              world.clock.instant().plusSeconds(i));
      world
          .cloud
          .operations()
          .commit(
              new OperationTransaction(
                  List.of(),
                  List.of(),
                  List.of(),
                  List.of(new OperationTransaction.Start(other, List.of()))));
    }

    assertThat(listed("?pageSize=1000")).hasSize(604).startsWith("operation-599");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "status=failed   | status: must be success, failure or in_progress",
        "status=         | status: is empty",
        "since=yesterday | since: must be a time",
        "pageToken=x     | pageToken: is not a pageToken",
        "object=pins     | object: is not known"
      })
  void aWrongFilterIsNamed(String query, String issue) {
    Answer answer = world.get(ALL + "?" + query);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.issue()).startsWith(issue);
  }
}
