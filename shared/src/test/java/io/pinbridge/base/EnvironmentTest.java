package io.pinbridge.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTest {
  private static final Set<String> KNOWN = Set.of("PINBRIDGE_LEASE", "PINBRIDGE_API_URL");

  @Test
  void anUnknownSettingIsRefusedByName() {
    assertThatThrownBy(() -> Environment.of(Map.of("PINBRIDGE_LEESE", "PT1S"), KNOWN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PINBRIDGE_LEESE")
        .hasMessageContaining("PINBRIDGE_LEASE");
  }

  @Test
  void variablesOfOthersAreNoConcern() {
    assertThat(Environment.of(Map.of("PATH", "/bin"), KNOWN).variables()).containsKey("PATH");
  }

  @Test
  void aDurationIsRead() {
    assertThat(of("PINBRIDGE_LEASE", "PT45S").duration("PINBRIDGE_LEASE"))
        .isEqualTo(Duration.ofSeconds(45));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "45", "PT0S", "-PT1S"})
  void aWrongDurationIsRefusedByName(String text) {
    assertThatThrownBy(() -> of("PINBRIDGE_LEASE", text).duration("PINBRIDGE_LEASE"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PINBRIDGE_LEASE");
  }

  @Test
  void aCountIsRead() {
    assertThat(of("PINBRIDGE_LEASE", "10").count("PINBRIDGE_LEASE")).isEqualTo(10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "1.5", "ten", "9999999999"})
  void aWrongCountIsRefusedByName(String text) {
    assertThatThrownBy(() -> of("PINBRIDGE_LEASE", text).count("PINBRIDGE_LEASE"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PINBRIDGE_LEASE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "api.pinterest.com", "ftp://api.pinterest.com", "https://a b"})
  void aWrongAddressIsRefusedByName(String text) {
    assertThatThrownBy(() -> of("PINBRIDGE_API_URL", text).uri("PINBRIDGE_API_URL"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PINBRIDGE_API_URL");
  }

  private static Environment of(String name, String value) {
    return Environment.of(Map.of(name, value), KNOWN);
  }
}
