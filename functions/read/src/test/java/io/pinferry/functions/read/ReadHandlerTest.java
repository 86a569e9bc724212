package io.pinferry.functions.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.http.HttpEvents;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ReadHandlerTest {
  private static Map<String, String> environment() {
    var environment = new HashMap<String, String>();
    Settings.names().forEach(name -> environment.put(name, "value"));
    environment.put("AWS_REGION", "eu-central-1");
    environment.put("PINFERRY_ADMIN_KEY_SHA256", "0".repeat(64));
    environment.put("PINFERRY_WATCHDOG", "PT60S");
    return environment;
  }

  @Test
  void aRequestWithoutACredentialIsAnsweredByTheGuard() throws IOException {
    String answer =
        HttpEvents.request("POST", "/v1/projects/p/integrations/i/objects/pins")
            .invoke(new ReadHandler(environment()));

    assertThat(answer).contains("\"statusCode\":401");
  }

  static Iterable<String> names() {
    return Settings.names().stream().sorted().toList();
  }

  @ParameterizedTest
  @MethodSource("names")
  void aMissingSettingIsNamed(String name) {
    Map<String, String> environment = environment();
    environment.remove(name);

    assertThatThrownBy(() -> new ReadHandler(environment))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name);
  }

  @Test
  void anUnknownSettingIsNamed() {
    Map<String, String> environment = environment();
    environment.put("PINFERRY_SECRET_PREFIX", "x/");

    assertThatThrownBy(() -> new ReadHandler(environment))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PINFERRY_SECRET_PREFIX");
  }
}
