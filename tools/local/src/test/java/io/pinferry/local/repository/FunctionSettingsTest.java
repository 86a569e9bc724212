package io.pinferry.local.repository;

import static io.pinferry.local.repository.Template.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.pinferry.http.HttpEvents;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each function starts with the environment that the template gives it, and with no other. */
final class FunctionSettingsTest {
  private static final Set<String> OPTIONAL =
      Set.of(
          "PINFERRY_PUBLIC_API_URL",
          "PINFERRY_SECRET_KEY",
          "PINFERRY_TOKEN_STORE",
          "PINFERRY_MOVE_TOKENS",
          "PINFERRY_TOKENS_TABLE",
          "PINFERRY_TOKENS_KEY");

  private static final Template TEMPLATE = Template.load();

  static Set<String> functions() {
    return TEMPLATE.functions().keySet();
  }

  static Stream<Arguments> settings() {
    return functions().stream()
        .flatMap(
            id ->
                environment(id).keySet().stream()
                    .filter(name -> name.startsWith("PINFERRY_"))
                    .filter(name -> !OPTIONAL.contains(name))
                    .map(name -> Arguments.of(id, name)));
  }

  @ParameterizedTest
  @MethodSource("functions")
  void aFunctionStartsWithWhatTheTemplateGivesIt(String id) {
    assertThatCode(() -> handler(id, environment(id))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @MethodSource("settings")
  void aMissingSettingStopsTheStartAndIsNamed(String id, String name) {
    Map<String, String> environment = environment(id);
    environment.remove(name);

    assertThatThrownBy(() -> handler(id, environment))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name);
  }

  @ParameterizedTest
  @MethodSource("functions")
  void aSettingThatTheFunctionDoesNotReadStopsTheStartAndIsNamed(String id) {
    Map<String, String> environment = environment(id);
    environment.put("PINFERRY_LOCAL_MODE", "true");

    assertThatThrownBy(() -> handler(id, environment))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("unknown settings PINFERRY_LOCAL_MODE");
  }

  @ParameterizedTest
  @CsvSource({
    "OauthFunction, POST, /v1/oauth-connect",
    "ManagementFunction, GET, /v1/projects",
    "ReadFunction, POST, /v1/projects/p/integrations/i/objects/pins",
    "WriteFunction, POST, /v1/projects/p/integrations/i/objects/pins",
    "ProxyFunction, GET, /v5/pins"
  })
  void aDoorRefusesARequestWithoutACredential(String id, String method, String path)
      throws Exception {
    String answer = HttpEvents.request(method, path).invoke(handler(id, environment(id)));

    assertThat(answer).contains("\"statusCode\":401");
  }

  @Test
  void aReturnFromPinterestWithoutAStateIsAPage() throws Exception {
    RequestStreamHandler oauth = handler("OauthFunction", environment("OauthFunction"));

    assertThat(HttpEvents.request("GET", "/callbacks/v1/oauth").invoke(oauth))
        .contains("\"statusCode\":400", "text/html", "This address is incomplete.");
  }

  private static Map<String, String> environment(String id) {
    var environment = new HashMap<String, String>();
    environment.put("AWS_REGION", "eu-central-1");
    Template.environment(map(TEMPLATE.functions().get(id)))
        .keySet()
        .forEach(name -> environment.put(name, value(name)));
    return environment;
  }

  private static String value(String name) {
    return switch (name) {
      case "PINFERRY_PUBLIC_API_URL",
          "PINFERRY_SECRET_KEY",
          "PINFERRY_TOKEN_STORE",
          "PINFERRY_MOVE_TOKENS",
          "PINFERRY_TOKENS_TABLE",
          "PINFERRY_TOKENS_KEY" ->
          "";
      case "PINFERRY_ADMIN_KEY_SHA256" -> "0".repeat(64);
      case "PINFERRY_WATCHDOG", "PINFERRY_LEASE" -> "PT60S";
      case "PINFERRY_SYNC_CONCURRENCY" -> "10";
      case "PINFERRY_LOG_RETENTION_DAYS" -> "30";
      case "PINFERRY_DELIVERY_RETRY_DELAYS" -> "PT5S,PT5M";
      case "PINFERRY_DELIVERY_ATTEMPTS" -> "all";
      case "PINFERRY_DELIVERY_ATTEMPT_DAYS" -> "90";
      default -> name.endsWith("_URL") ? "https://service.example/path" : "value";
    };
  }

  private static RequestStreamHandler handler(String id, Map<String, String> environment)
      throws ReflectiveOperationException, IOException {
    Class<?> type = Class.forName(String.valueOf(map(TEMPLATE.functions().get(id)).get("Handler")));
    try {
      return (RequestStreamHandler) type.getConstructor(Map.class).newInstance(environment);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }
}
