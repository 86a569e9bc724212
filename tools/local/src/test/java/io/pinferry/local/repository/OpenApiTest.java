package io.pinferry.local.repository;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.http.Caller;
import io.pinferry.http.Door;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.local.contract.DoorRoutes;
import io.pinferry.local.contract.OwnDocument;
import io.swagger.v3.parser.OpenAPIV3Parser;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The OpenAPI documents say what the functions behind the doors answer, no more and no less. */
final class OpenApiTest {
  private static final Pattern VARIABLE = Pattern.compile("\\{([a-zA-Z]+)\\}");

  @ParameterizedTest
  @EnumSource(Door.class)
  void everyDocumentIsValid(Door door) {
    assertThat(new OpenAPIV3Parser().readContents(OwnDocument.of(door).text()).getMessages())
        .isEmpty();
  }

  @Test
  void theParserNoticesWhatIsNotValid() {
    String broken =
        OwnDocument.of(Door.WRITE).text().replaceFirst("#/components/schemas/Problem", "#/x/Y");

    assertThat(
            new OpenAPIV3Parser()
                .readContents(broken.replace("\"paths\"", "\"pats\""))
                .getMessages())
        .isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Door.class,
      names = {"API", "READ", "WRITE"})
  void aDocumentHasEveryRouteAndNoOther(Door door) {
    assertThat(OwnDocument.of(door).operations().keySet()).isEqualTo(routes(door).keySet());
  }

  @ParameterizedTest
  @EnumSource(
      value = Door.class,
      names = {"API", "READ", "WRITE"})
  void aDocumentHasTheQueryParametersThatAreTakenAndNoOther(Door door) {
    Map<String, JsonNode> described = OwnDocument.of(door).operations();

    routes(door)
        .forEach(
            (operation, route) -> {
              Set<String> taken = route.parameters();
              if (taken != null) {
                assertThat(queryOf(Objects.requireNonNull(described.get(operation))))
                    .as(operation)
                    .containsExactlyInAnyOrderElementsOf(taken);
              }
            });
  }

  private static List<String> queryOf(JsonNode operation) {
    return operation
        .path("parameters")
        .valueStream()
        .filter(parameter -> parameter.path("in").asText().equals("query"))
        .map(parameter -> parameter.path("name").asText())
        .toList();
  }

  @ParameterizedTest
  @EnumSource(
      value = Door.class,
      names = {"API", "READ", "WRITE"})
  void aDocumentNamesTheCredentialsThatAreTaken(Door door) {
    Map<String, Set<String>> described = new TreeMap<>();
    OwnDocument.of(door)
        .operations()
        .forEach((operation, json) -> described.put(operation, credentials(json)));
    Map<String, Set<String>> taken = new TreeMap<>();
    routes(door)
        .forEach((operation, route) -> taken.put(operation, credentials(route.permission())));

    assertThat(described).isEqualTo(taken);
  }

  @Test
  void theProxyIsDescribedForEveryMethod() {
    Map<String, JsonNode> operations = OwnDocument.of(Door.PROXY).operations();

    assertThat(operations.keySet())
        .containsExactly(
            "DELETE /v5/{path}",
            "GET /v5/{path}",
            "PATCH /v5/{path}",
            "POST /v5/{path}",
            "PUT /v5/{path}");
    assertThat(operations.values())
        .allSatisfy(json -> assertThat(credentials(json)).isEqualTo(credentials(Permission.PROXY)));
  }

  @ParameterizedTest
  @EnumSource(Door.class)
  void everyVariableOfAPathIsDescribed(Door door) {
    OwnDocument.of(door)
        .json()
        .path("paths")
        .properties()
        .forEach(
            item ->
                assertThat(
                        StreamSupport.stream(
                                item.getValue().path("parameters").spliterator(), false)
                            .map(parameter -> parameter.path("name").asText())
                            .toList())
                    .as(item.getKey())
                    .isEqualTo(
                        VARIABLE
                            .matcher(item.getKey())
                            .results()
                            .map(found -> found.group(1))
                            .toList()));
  }

  @Test
  void everyOperationHasAnIdAndASummaryOfItsOwn() {
    List<String> ids = new ArrayList<>();
    for (Door door : Door.values()) {
      OwnDocument.of(door)
          .operations()
          .forEach(
              (operation, json) -> {
                ids.add(json.path("operationId").asText());
                assertThat(json.path("summary").asText()).as(operation).isNotBlank();
              });
    }
    assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.matches("[a-z][A-Za-z]+"));
  }

  @ParameterizedTest
  @EnumSource(Door.class)
  void everySchemaAndCredentialIsUsed(Door door) {
    OwnDocument document = OwnDocument.of(door);
    document
        .json()
        .at("/components/schemas")
        .fieldNames()
        .forEachRemaining(
            name -> assertThat(document.text()).contains("\"#/components/schemas/" + name + "\""));
    Set<String> used = new HashSet<>();
    document.operations().values().forEach(json -> used.addAll(credentials(json)));
    assertThat(used)
        .isEqualTo(new HashSet<>(names(document.json().at("/components/securitySchemes"))));
  }

  /** Returns the routes of a door, by method and pattern. */
  private static Map<String, Route> routes(Door door) {
    Map<String, Route> routes = new TreeMap<>();
    DoorRoutes.of(door).forEach(route -> routes.put(route.method() + " " + route.pattern(), route));
    return routes;
  }

  private static Set<String> credentials(JsonNode operation) {
    Set<String> names = new TreeSet<>();
    operation.path("security").forEach(one -> names.addAll(names(one)));
    return names;
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static Set<String> credentials(Permission permission) {
    if (permission.open()) {
      return Set.of();
    }
    return Arrays.stream(Caller.Kind.values())
        .filter(permission::allows)
        .map(OpenApiTest::credential)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String credential(Caller.Kind kind) {
    return switch (kind.name()) {
      case "ADMIN" -> "operatorKey";
      case "CONSUMER" -> "jwt";
      default -> kind.name().toLowerCase(Locale.ROOT) + "Key";
    };
  }
}
