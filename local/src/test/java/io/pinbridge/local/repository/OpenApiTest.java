package io.pinbridge.local.repository;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import io.pinbridge.http.Caller;
import io.pinbridge.http.Door;
import io.pinbridge.http.Endpoint;
import io.pinbridge.http.Permission;
import io.pinbridge.http.Route;
import io.pinbridge.local.contract.OwnDocument;
import io.swagger.v3.parser.OpenAPIV3Parser;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

  /** What the functions are built with; nothing is called. */
  private static final Map<String, String> ENVIRONMENT = environment();

  /** The functions behind each door, by their modules. */
  private static final Map<Door, List<String>> FUNCTIONS =
      Map.of(
          Door.API, List.of("management", "oauth"),
          Door.READ, List.of("read"),
          Door.WRITE, List.of("write"));

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
    for (Map<String, Object> function : Template.load().functions().values()) {
      if (FUNCTIONS.getOrDefault(door, List.of()).contains(Template.module(function))) {
        endpoint(function)
            .routes()
            .forEach(route -> routes.put(route.method() + " " + route.pattern(), route));
      }
    }
    return routes;
  }

  private static Endpoint endpoint(Map<String, Object> function) {
    Map<String, String> environment = new HashMap<>(ENVIRONMENT);
    environment.keySet().retainAll(Template.environment(function).keySet());
    environment.put("AWS_REGION", "eu-central-1");
    try {
      RequestStreamHandler handler =
          Class.forName(String.valueOf(function.get("Handler")))
              .asSubclass(RequestStreamHandler.class)
              .getConstructor(Map.class)
              .newInstance(environment);
      Field field = handler.getClass().getDeclaredField("endpoint");
      field.setAccessible(true);
      return (Endpoint) field.get(handler);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("a function cannot be built", e);
    }
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

  private static Map<String, String> environment() {
    var environment = new HashMap<String, String>();
    for (String table : List.of("DIRECTORY", "READS", "TIMERS", "LIMITS")) {
      environment.put("PINBRIDGE_" + table + "_TABLE", table.toLowerCase(Locale.ROOT));
    }
    environment.put("PINBRIDGE_READ_QUEUE_URL", "https://sqs.example.com/read");
    environment.put("PINBRIDGE_WRITE_QUEUE_URL", "https://sqs.example.com/write");
    environment.put("PINBRIDGE_SECRET_PREFIX", "p/");
    environment.put("PINBRIDGE_PINTEREST_API_URL", "https://api.pinterest.com");
    environment.put("PINBRIDGE_PINTEREST_AUTHORIZE_URL", "https://www.pinterest.com/oauth/");
    environment.put("PINBRIDGE_PINTEREST_TOKEN_URL", "https://api.pinterest.com/v5/oauth/token");
    environment.put("PINBRIDGE_PUBLIC_API_URL", "https://api.example.com");
    environment.put("PINBRIDGE_ADMIN_KEY_SHA256", "0".repeat(64));
    environment.put("PINBRIDGE_WATCHDOG", "PT60S");
    return environment;
  }
}
