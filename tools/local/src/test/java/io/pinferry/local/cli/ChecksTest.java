package io.pinferry.local.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ChecksTest {
  private static final String OPTION = "--aws-endpoint";

  @Test
  void anEmulatorOnThisComputerGetsALiteralAddress() {
    assertThat(Checks.awsEndpoint(OPTION, null)).isNull();
    assertThat(Checks.awsEndpoint(OPTION, URI.create("http://localhost:4566/")))
        .isEqualTo(URI.create("http://127.0.0.1:4566"));
    assertThat(Checks.awsEndpoint(OPTION, URI.create("http://127.0.0.1:5000")))
        .isEqualTo(URI.create("http://127.0.0.1:5000"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://dynamodb.eu-central-1.amazonaws.com",
        "http://moto:5000",
        "http://10.0.0.1:5000"
      })
  void awsItselfAndOtherComputersAreRefused(String address) {
    assertThatThrownBy(() -> Checks.awsEndpoint(OPTION, URI.create(address)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--aws-endpoint must be on this computer");
  }
}
