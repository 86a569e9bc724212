package io.pinferry.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.LocalMode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DestinationRulesTest {
  private static final DestinationRules DEPLOYED = new DestinationRules(false);
  private static final DestinationRules LOCAL = new DestinationRules(true);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://hooks.example.com/pinterest",
        "https://hooks.example.com:8443/a?b=c",
        "HTTPS://Hooks.Example.COM",
        "https://hooks.example.com./x",
        "https://xn--bcher-kva.example/",
        "https://93.184.216.34/hook",
        "https://[2606:4700:4700::1111]/hook",
        "https://172.32.0.1/",
        "https://100.128.0.1/",
        "https://1e100.net/"
      })
  void publicAddressesAreAllowed(String url) {
    assertThat(DEPLOYED.refusal(url)).isEmpty();
    assertThat(LOCAL.refusal(url)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "http://hooks.example.com/, must begin with https",
        "ftp://hooks.example.com/, must begin with https",
        "javascript:alert(1), must begin with https",
        "hooks.example.com, must begin with https",
        "https:/hooks.example.com, names no host",
        "https:///x, names no host",
        "https://user:pass@hooks.example.com/, user name or password",
        "https://hooks.example.com@10.0.0.1/, user name or password",
        "https://@hooks.example.com/, user name or password",
        "https://hooks.example.com:0/, unusable port",
        "https://hooks.example.com:65536/, unusable port",
        "https://hooks.example.com:+443/, unusable port",
        "https://hooks.example.com:, unusable port",
        "https://hooks_.example.com/, no usable host name",
        "https://-x.example.com/, no usable host name",
        "https://a..example.com/, no usable host name",
        "https://%31%30.0.0.1.nip.example/, no usable host name",
        "https://bücher.example/, no usable host name",
        "https://127。0。0。1/, no usable host name",
        "https://exa mple.com/, is not a URL",
        "https://[::1/, is not a URL",
        "https://[fe80::1%25eth0]/, IP address",
        "https://localhost/, only a local network knows",
        "https://hooks/, only a local network knows",
        "https://api.localhost/, only a local network knows",
        "https://printer.local/, only a local network knows",
        "https://metadata.google.internal/, only a local network knows",
        "https://metadata.google.internal./, only a local network knows",
        "https://0.0.0.0/, reserved address",
        "https://10.1.2.3/, reserved address",
        "https://100.64.0.1/, reserved address",
        "https://127.0.0.1/, reserved address",
        "https://127.255.255.254/, reserved address",
        "https://169.254.169.254/latest/meta-data, reserved address",
        "https://169.254.170.2/, reserved address",
        "https://172.16.0.1/, reserved address",
        "https://172.31.255.255/, reserved address",
        "https://192.0.0.192/, reserved address",
        "https://192.168.1.1/, reserved address",
        "https://198.18.0.1/, reserved address",
        "https://203.0.113.9/, reserved address",
        "https://224.0.0.1/, reserved address",
        "https://255.255.255.255/, reserved address",
        "https://[::]/, reserved address",
        "https://[::1]/, reserved address",
        "https://[fe80::1]/, reserved address",
        "https://[fc00::1]/, reserved address",
        "https://[fd00:ec2::254]/, reserved address",
        "https://[ff02::1]/, reserved address",
        "https://[64:ff9b::a00:1]/, reserved address",
        "https://[2002:a00:1::]/, reserved address",
        "https://[2001:db8::1]/, reserved address",
        "https://[2001::1]/, reserved address",
        "https://[::127.0.0.1]/, reserved address",
        "https://[::ffff:127.0.0.1]/, oddly written",
        "https://[::ffff:7f00:1]/, oddly written",
        "https://[::ffff:93.184.216.34]/, oddly written",
        "https://2130706433/, oddly written",
        "https://0x7f000001/, oddly written",
        "https://017700000001/, oddly written",
        "https://127.1/, oddly written",
        "https://10.1/, oddly written",
        "https://0177.0.0.1/, oddly written",
        "https://0x7f.0.0.1/, oddly written",
        "https://127.0.0.0x1/, oddly written",
        "https://127.0.0.1./, oddly written",
        "https://010.8.8.8/, oddly written",
        "https://1.2.3.4.5/, oddly written",
        "https://256.1.1.1/, no valid IP address",
        "https://999.1.1.1/, no valid IP address"
      })
  void whatDoesNotLeadToThePublicInternetIsRefused(String url, String because) {
    assertThat(DEPLOYED.refusal(url)).hasValueSatisfying(why -> assertThat(why).contains(because));
  }

  @Test
  void aVeryLongUrlIsRefused() {
    String url = "https://hooks.example.com/" + "a".repeat(DestinationRules.URL_LENGTH_MAX);

    assertThat(DEPLOYED.refusal(url)).hasValueSatisfying(why -> assertThat(why).contains("longer"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:9000/hook",
        "http://127.8.9.1:9000/hook",
        "http://localhost:9000/hook",
        "http://[::1]:9000/hook",
        "https://127.0.0.1:9000/hook"
      })
  void thisComputerIsAllowedInLocalModeOnly(String url) {
    assertThat(LOCAL.refusal(url)).isEmpty();
    assertThat(DEPLOYED.refusal(url)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://hooks.example.com/",
        "http://10.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://127.0.0.1.example.com/",
        "http://localhost.example.com/",
        "http://[::ffff:127.0.0.1]/",
        "http://user@127.0.0.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/"
      })
  void localModeAllowsNothingElse(String url) {
    assertThat(LOCAL.refusal(url)).isPresent();
  }

  @Test
  void theRulesFollowLocalMode() {
    assertThat(DestinationRules.of(LocalMode.of(Map.of())).loopback()).isFalse();
    assertThat(DestinationRules.of(new LocalMode(true)).loopback()).isTrue();
  }
}
