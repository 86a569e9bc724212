package io.pinferry.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LocalModeTest {
  private static final Map<String, String> LOCAL =
      Map.of(
          "AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:8000",
          "AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:9324",
          "AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://[::1]:9325");

  @Test
  void holdsWhereAllThreeServicesAreOnTheLoopback() {
    assertThat(LocalMode.of(LOCAL).on()).isTrue();
  }

  @Test
  void doesNotHoldInAFunctionOfTheCloud() {
    assertThat(LocalMode.of(Map.of("PINFERRY_DIRECTORY_TABLE", "Directory")).on()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AWS_ENDPOINT_URL_DYNAMODB",
        "AWS_ENDPOINT_URL_SQS",
        "AWS_ENDPOINT_URL_SECRETS_MANAGER"
      })
  void doesNotHoldWithoutEveryOneOfThem(String name) {
    var environment = new HashMap<>(LOCAL);
    environment.remove(name);

    assertThat(LocalMode.of(environment).on()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:8000",
        "http://127.0.0.1.example.com",
        "http://127.1",
        "http://2130706433",
        "http://0177.0.0.1",
        "http://127.0.0.01",
        "http://127.0.0.256",
        "http://10.0.0.1:8000",
        "http://128.0.0.1",
        "http://169.254.169.254",
        "http://127.0.0.1@example.com",
        "http://user@127.0.0.1",
        "http://[::ffff:127.0.0.1]",
        "https://dynamodb.eu-central-1.amazonaws.com",
        "ftp://127.0.0.1",
        "127.0.0.1:8000",
        "http://",
        ""
      })
  void doesNotHoldForAnythingButALiteralLoopbackAddress(String endpoint) {
    var environment = new HashMap<>(LOCAL);
    environment.put("AWS_ENDPOINT_URL_SQS", endpoint);

    assertThat(LocalMode.of(environment).on()).isFalse();
  }
}
