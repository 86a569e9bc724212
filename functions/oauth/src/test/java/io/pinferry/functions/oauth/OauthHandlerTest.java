package io.pinferry.functions.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.http.HttpEvents;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class OauthHandlerTest {
  private static Map<String, String> environment() {
    var environment = new HashMap<String, String>();
    Settings.names().forEach(name -> environment.put(name, "value"));
    environment.put("AWS_REGION", "eu-central-1");
    environment.put("PINFERRY_PINTEREST_API_URL", "https://api.pinterest.com");
    environment.put("PINFERRY_PINTEREST_AUTHORIZE_URL", "https://www.pinterest.com/oauth/");
    environment.put("PINFERRY_PINTEREST_TOKEN_URL", "https://api.pinterest.com/v5/oauth/token");
    environment.put("PINFERRY_PUBLIC_API_URL", "");
    environment.put("PINFERRY_ADMIN_KEY_SHA256", "0".repeat(64));
    return environment;
  }

  private static String answer(String method, String path) throws IOException {
    return HttpEvents.request(method, path).invoke(new OauthHandler(environment()));
  }

  @Test
  void connectingNeedsACredential() throws IOException {
    assertThat(answer("POST", "/v1/oauth-connect")).contains("\"statusCode\":401");
  }

  @Test
  void aReturnWithoutAStateIsAPage() throws IOException {
    assertThat(answer("GET", "/callbacks/v1/oauth"))
        .contains("\"statusCode\":400", "text/html", "This address is incomplete.");
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

    assertThatThrownBy(() -> new OauthHandler(environment))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name);
  }

  @Test
  void anUnknownSettingIsNamed() {
    Map<String, String> environment = environment();
    environment.put("PINFERRY_READS_TABLE", "reads");

    assertThatThrownBy(() -> new OauthHandler(environment))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PINFERRY_READS_TABLE");
  }
}
