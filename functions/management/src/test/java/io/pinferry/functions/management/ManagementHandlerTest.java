package io.pinferry.functions.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.http.HttpEvents;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ManagementHandlerTest {
  private static Map<String, String> environment() {
    var environment = new HashMap<String, String>();
    Settings.names().forEach(name -> environment.put(name, "value"));
    environment.put("AWS_REGION", "eu-central-1");
    environment.put("PINFERRY_PINTEREST_API_URL", "https://api.pinterest.com");
    environment.put("PINFERRY_PINTEREST_AUTHORIZE_URL", "https://www.pinterest.com/oauth/");
    environment.put("PINFERRY_PINTEREST_TOKEN_URL", "https://api.pinterest.com/v5/oauth/token");
    environment.put("PINFERRY_PUBLIC_API_URL", "");
    environment.put("PINFERRY_ADMIN_KEY_SHA256", "0".repeat(64));
    environment.put("PINFERRY_WATCHDOG", "PT60S");
    return environment;
  }

  @Test
  void aRequestWithoutACredentialIsAnsweredByTheGuard() throws IOException {
    String answer =
        HttpEvents.request("GET", "/v1/projects").invoke(new ManagementHandler(environment()));

    assertThat(answer).contains("\"statusCode\":401");
  }

  static Iterable<String> requiredNames() {
    return Settings.names().stream()
        .filter(name -> !name.equals("PINFERRY_PUBLIC_API_URL"))
        .sorted()
        .toList();
  }

  @ParameterizedTest
  @MethodSource("requiredNames")
  void aMissingSettingIsNamed(String name) {
    Map<String, String> environment = environment();
    environment.remove(name);

    assertThatThrownBy(() -> new ManagementHandler(environment))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name);
  }

  @Test
  void anUnknownSettingIsNamed() {
    Map<String, String> environment = environment();
    environment.put("PINFERRY_LOCAL_MODE", "true");

    assertThatThrownBy(() -> new ManagementHandler(environment))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PINFERRY_LOCAL_MODE");
  }

  @Test
  void loopbackDestinationsFollowFromWhereTheServicesAre() {
    Map<String, String> environment = environment();
    assertThat(Settings.of(environment).localMode().on()).isFalse();

    environment.put("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:8000");
    environment.put("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:9324");
    environment.put("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:9325");
    assertThat(Settings.of(environment).localMode().on()).isTrue();
  }
}
