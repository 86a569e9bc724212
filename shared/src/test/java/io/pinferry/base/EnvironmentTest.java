package io.pinferry.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTest {
  @Test
  void aSettingThatNothingReadsIsRefusedByName() {
    Environment environment =
        Environment.of(Map.of("PINFERRY_LEASE", "PT1S", "PINFERRY_LEESE", "PT1S"));
    environment.text("PINFERRY_LEASE");

    assertThatThrownBy(environment::requireNoOthers)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unknown settings PINFERRY_LEESE; this function reads PINFERRY_LEASE");
  }

  @Test
  void variablesOfOthersAreNoConcern() {
    Environment environment = Environment.of(Map.of("PATH", "/bin"));

    environment.requireNoOthers();
    assertThat(environment.variables()).containsKey("PATH");
  }

  @Test
  void aDurationIsRead() {
    assertThat(of("PINFERRY_LEASE", "PT45S").duration("PINFERRY_LEASE"))
        .isEqualTo(Duration.ofSeconds(45));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "45", "PT0S", "-PT1S"})
  void aWrongDurationIsRefusedByName(String text) {
    assertThatThrownBy(() -> of("PINFERRY_LEASE", text).duration("PINFERRY_LEASE"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PINFERRY_LEASE");
  }

  @Test
  void aCountIsRead() {
    assertThat(of("PINFERRY_LEASE", "10").count("PINFERRY_LEASE")).isEqualTo(10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "1.5", "ten", "9999999999"})
  void aWrongCountIsRefusedByName(String text) {
    assertThatThrownBy(() -> of("PINFERRY_LEASE", text).count("PINFERRY_LEASE"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PINFERRY_LEASE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "api.pinterest.com", "ftp://api.pinterest.com", "https://a b"})
  void aWrongAddressIsRefusedByName(String text) {
    assertThatThrownBy(() -> of("PINFERRY_API_URL", text).uri("PINFERRY_API_URL"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PINFERRY_API_URL");
  }

  private static Environment of(String name, String value) {
    return Environment.of(Map.of(name, value));
  }
}
