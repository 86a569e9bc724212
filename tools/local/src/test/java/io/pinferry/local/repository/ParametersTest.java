package io.pinferry.local.repository;

import static io.pinferry.local.repository.Template.map;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.pinferry.assembly.Settings;
import io.pinferry.base.Environment;
import io.pinferry.http.Guard;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A deployment refuses each value of a parameter that a function would die of. */
final class ParametersTest {
  private static final Template TEMPLATE = Template.load();
  private static final String KEY = "0123456789abcdef".repeat(4);

  /** Values that pattern and code take. */
  private static final Map<String, List<String>> GOOD =
      Map.of(
          "AdminKeySha256",
          List.of(KEY),
          "PublicApiUrl",
          List.of("", "https://amp.example.com", "https://a.b-c.example:8443", "https://a1.x2"),
          "PinterestApiUrl",
          List.of("https://api.pinterest.com", "https://api-sandbox.pinterest.com"),
          "PinterestAuthorizeUrl",
          List.of("https://www.pinterest.com/oauth/", "https://www.pinterest.com/"),
          "PinterestTokenUrl",
          List.of("https://api.pinterest.com/v5/oauth/token", "https://a.example:444/v5/token"),
          "Lease",
          List.of("PT45S", "PT10S", "PT999S", "PT1M", "PT59M"),
          "Watchdog",
          List.of("PT60S", "PT5M"),
          "DeliveryRetryDelays",
          List.of(
              "PT5S,PT5M,PT30M,PT2H,PT5H,PT10H,PT10H",
              "PT0S",
              "PT12H",
              "PT720M",
              "PT42999S",
              "PT1S" + ",PT1S".repeat(19)),
          "AlarmEmail",
          List.of("", "ops@example.com", "a.b+c@mail.example.com"));

  /** Values that pattern and code refuse. */
  private static final Map<String, List<String>> BAD =
      Map.of(
          "AdminKeySha256",
          List.of("", "secret", KEY.substring(1), KEY + "0", "g" + KEY.substring(1), KEY + " "),
          "PublicApiUrl",
          List.of(
              "amp.example.com",
              "ftp://amp.example.com",
              "https://",
              "https://.",
              "https://..",
              "https://-",
              "https://a..b",
              "https://-a.example",
              "https://a.example-",
              "https://amp.1",
              "https://amp.example.com:x",
              "https://amp example.com",
              "https://amp_1.example.com"),
          "PinterestApiUrl",
          List.of("", "api.pinterest.com", "https://", "https://..", "https://a b", "mailto:a@b.c"),
          "PinterestAuthorizeUrl",
          List.of("", "/oauth/", "https:///oauth/", "https://-/oauth/", "https://a.example/ b"),
          "PinterestTokenUrl",
          List.of("", "/v5/oauth/token", "https:///v5", "https://.../v5", "https://a.example/%"),
          "Lease",
          List.of(
              "", "PT", "PT5", "PT.S", "PT0S", "45", "45S", "P45S", "PTS", "PT-5S", "PT4M5",
              "-PT45S"),
          "Watchdog",
          List.of("", "PT", "PT60", "PT.S", "PT0S", "PT0M", "60", "PTM", "PT..1S", "PT1S1M"),
          "DeliveryRetryDelays",
          List.of(
              "",
              "PT",
              "PT5",
              "PT.S",
              ",",
              "PT5S,",
              ",PT5S",
              "PT5S,,PT5M",
              "PT5S;PT5M",
              "PT5S PT5M",
              "PT5S,PT",
              "PT5S,PT5",
              "PT13H",
              "PT721M",
              "PT43201S",
              "P1D"));

  /** Values that the code takes, so that the local stack can use them, and a deployment refuses. */
  private static final Map<String, List<String>> ONLY_LOCAL =
      Map.of(
          "PublicApiUrl",
          List.of("http://127.0.0.1:8080", "https://10.0.0.1", "https://AMP.example.com"),
          "PinterestApiUrl",
          List.of("http://127.0.0.1:8080", "https://api.pinterest.com/"),
          "PinterestAuthorizeUrl",
          List.of("http://127.0.0.1:8080/oauth/", "https://www.pinterest.com/oauth/?a=b"),
          "PinterestTokenUrl",
          List.of("https://api.pinterest.com"),
          "Lease",
          List.of("PT1S", "PT2H", "PT0.5S", "P1D", "PT1M30S", "pt45s"),
          "Watchdog",
          List.of("PT1S", "PT24H"),
          "DeliveryRetryDelays",
          List.of("PT5S, PT5M", "PT1H30M", "PT0.5S", "PT1S" + ",PT1S".repeat(20)));

  /** Parameters that no function reads, each with values that fit, and then others that do not. */
  private static final Map<String, List<List<String>>> ONLY_AWS_READS = new TreeMap<>();

  static {
    for (String door : List.of("Api", "Read", "Write", "Proxy")) {
      ONLY_AWS_READS.put(
          door + "Domain",
          List.of(
              List.of("", "amp.example.com", "a-1.example.co"),
              List.of(
                  "https://amp.example.com", "amp", "AMP.example.com", "amp.example.com/", ".")));
    }
    for (String function : TEMPLATE.functions().keySet()) {
      ONLY_AWS_READS.put(
          function.replace("Function", "Reserved"),
          List.of(List.of("", "0", "1", "9999"), List.of("-1", "00", "1.5", "10000", "none")));
    }
    for (String table : List.of("Directory", "Reads", "Timers", "Tokens")) {
      ONLY_AWS_READS.put(
          table + "TableArn",
          List.of(
              List.of("", "arn:aws:dynamodb:eu-central-1:123456789012:table/pinferry-Reads-1A"),
              List.of("pinferry-Reads-1A", "arn:aws:dynamodb:eu-central-1:123456789012:table/")));
    }
    ONLY_AWS_READS.put(
        "CertificateArn",
        List.of(
            List.of("", "arn:aws:acm:eu-central-1:123456789012:certificate/1a-2b"),
            List.of("1a-2b", "arn:aws:iam::123456789012:server-certificate/x")));
    for (String key : List.of("KmsKeyArn", "TokensKeyArn")) {
      ONLY_AWS_READS.put(
          key,
          List.of(
              List.of("", "arn:aws:kms:eu-central-1:123456789012:key/1a-2b"),
              List.of("1a-2b", "alias/mine", "arn:aws:kms:eu-central-1:123456789012:alias/mine")));
    }
  }

  @Test
  void whatOnlyAwsReadsFitsItsPattern() {
    ONLY_AWS_READS.forEach(
        (name, values) -> {
          String pattern =
              String.valueOf(map(TEMPLATE.parameters().get(name)).get("AllowedPattern"));
          assertThat(values.getFirst()).as(name).allMatch(value -> value.matches(pattern));
          assertThat(values.getLast()).as(name).noneMatch(value -> value.matches(pattern));
        });
  }

  static Stream<Arguments> values() {
    return Stream.of(rows(GOOD, true, true), rows(BAD, false, false), rows(ONLY_LOCAL, false, true))
        .flatMap(rows -> rows);
  }

  private static Stream<Arguments> rows(
      Map<String, List<String>> values, boolean deployed, boolean read) {
    return values.entrySet().stream()
        .flatMap(
            entry ->
                entry.getValue().stream()
                    .map(value -> Arguments.of(entry.getKey(), value, deployed, read)));
  }

  @ParameterizedTest
  @MethodSource("values")
  void patternAndCodeAgree(String parameter, String value, boolean deployed, boolean read) {
    String pattern =
        String.valueOf(map(TEMPLATE.parameters().get(parameter)).get("AllowedPattern"));

    assertThat(value.matches(pattern)).as("a deployment takes it").isEqualTo(deployed);
    Throwable failure = catchThrowable(() -> read(parameter, value));
    if (read) {
      assertThat(failure).isNull();
    } else {
      assertThat(failure).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void everyTextHasAPatternWithAMessageAndItsDefaultFits() {
    Set<String> texts =
        TEMPLATE.parameters().entrySet().stream()
            .filter(it -> "String".equals(map(it.getValue()).get("Type")))
            .filter(it -> !map(it.getValue()).containsKey("AllowedValues"))
            .map(Map.Entry::getKey)
            .collect(toCollection(TreeSet::new));

    Set<String> tested = new TreeSet<>(GOOD.keySet());
    tested.addAll(ONLY_AWS_READS.keySet());
    assertThat(tested).isEqualTo(texts);
    for (String name : texts) {
      Map<String, Object> parameter = map(TEMPLATE.parameters().get(name));
      assertThat(parameter).as(name).containsKeys("AllowedPattern", "ConstraintDescription");
      if (parameter.containsKey("Default")) {
        assertThat(String.valueOf(parameter.get("Default")))
            .matches(String.valueOf(parameter.get("AllowedPattern")));
      }
    }
  }

  @Test
  void everyNumberHasBoundsThatTheCodeTakes() {
    TEMPLATE
        .parameters()
        .forEach(
            (name, declared) -> {
              Map<String, Object> parameter = map(declared);
              if ("Number".equals(parameter.get("Type"))) {
                assertThat(
                        parameter.containsKey("AllowedValues")
                            || (parameter.containsKey("MinValue")
                                && parameter.containsKey("MaxValue")))
                    .as(name)
                    .isTrue();
              }
            });
    Map<String, Object> readers = map(TEMPLATE.parameters().get("SyncConcurrency"));
    for (String bound : List.of("MinValue", "MaxValue")) {
      assertThat(settings("PINFERRY_SYNC_CONCURRENCY", String.valueOf(readers.get(bound))).sync())
          .isNotNull();
    }
  }

  /** Reads a value as a function does at its start. */
  private static void read(String parameter, String value) {
    switch (parameter) {
      case "AdminKeySha256" ->
          new Guard(
              _ -> Optional.empty(),
              settings("PINFERRY_ADMIN_KEY_SHA256", value).adminKeySha256(),
              Duration.ZERO,
              InstantSource.system());
      case "PublicApiUrl" -> settings("PINFERRY_PUBLIC_API_URL", value).apiOrigin();
      case "PinterestApiUrl" -> settings("PINFERRY_PINTEREST_API_URL", value).pinterestApi();
      case "PinterestAuthorizeUrl" ->
          settings("PINFERRY_PINTEREST_AUTHORIZE_URL", value).pinterestAuthorize();
      case "PinterestTokenUrl" -> settings("PINFERRY_PINTEREST_TOKEN_URL", value).pinterestToken();
      case "Lease" -> settings("PINFERRY_LEASE", value).sync();
      case "Watchdog" -> settings("PINFERRY_WATCHDOG", value).watchdogInterval();
      case "DeliveryRetryDelays" ->
          settings("PINFERRY_DELIVERY_RETRY_DELAYS", value).deliveryRetries();
      // No function reads it.
      case "AlarmEmail" -> assertThat(value).doesNotContain(" ");
      default -> throw new AssertionError("nothing reads " + parameter);
    }
  }

  private static Settings settings(String name, String value) {
    Map<String, String> variables = new HashMap<>();
    variables.put("PINFERRY_API_URL", "https://api.example.com");
    variables.put("PINFERRY_LEASE", "PT45S");
    variables.put("PINFERRY_SYNC_CONCURRENCY", "10");
    variables.put(name, value);
    return Settings.of(Environment.of(variables));
  }
}
