package io.pinferry.local.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.assertj.core.api.AbstractObjectAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TargetsTest {
  private static final String STACK =
      """
      {"api":"http://127.0.0.1:8080","read":"http://127.0.0.1:8081","write":"http://127.0.0.1:8082",
       "proxy":"http://127.0.0.1:8083","project":"p-1","apiKey":"pfk_secret","receiver":"ignored"}
      """;

  @TempDir private Path home;

  private Targets targets(Map<String, String> environment) {
    return new Targets(environment, home);
  }

  private Path file(String name, String content, String mode) throws IOException {
    Path file = home.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    return file;
  }

  private Path profiles(String content, String mode) throws IOException {
    return file(".config/pinferry/profiles.json", content, mode);
  }

  private static AbstractObjectAssert<?, CommandFailure> refused(Runnable find) {
    return assertThatThrownBy(find::run)
        .asInstanceOf(type(CommandFailure.class))
        .satisfies(failure -> assertThat(failure.code()).isEqualTo(ExitCode.USAGE))
        .satisfies(
            failure ->
                assertThat(failure.getMessage() + failure.remedy()).doesNotContain("pfk_secret"));
  }

  private static void says(CommandFailure failure, String... texts) {
    assertThat(failure.getMessage() + "\n" + failure.remedy().orElse("")).contains(texts);
  }

  @Test
  void theFileThatUpWritesHasAllAddresses() throws Exception {
    Path stack = file("d.json", STACK, "rw-------");

    Target target = targets(Map.of()).find(stack, null, null);

    assertThat(target.api()).isEqualTo(URI.create("http://127.0.0.1:8080"));
    assertThat(target.read()).isEqualTo(URI.create("http://127.0.0.1:8081"));
    assertThat(target.write()).isEqualTo(URI.create("http://127.0.0.1:8082"));
    assertThat(target.proxy()).isEqualTo(URI.create("http://127.0.0.1:8083"));
    assertThat(target.project()).isEqualTo("p-1");
    assertThat(target.key().value()).isEqualTo("pfk_secret");
    assertThat(target.toString()).doesNotContain("pfk_secret");
  }

  @Test
  void theEnvironmentIsEnoughAndBlanksAroundAKeyDoNoHarm() {
    Target target =
        targets(
                Map.of(
                    "PINFERRY_API", "https://api.example.com/",
                    "PINFERRY_READ", "https://read.example.com",
                    "PINFERRY_KEY", " pfk_secret\n",
                    "PINFERRY_PROJECT", "shop"))
            .find(null, null, null);

    assertThat(target.api()).isEqualTo(URI.create("https://api.example.com"));
    assertThat(target.read()).isEqualTo(URI.create("https://read.example.com"));
    assertThat(target.key().value()).isEqualTo("pfk_secret");
    assertThat(target.project()).isEqualTo("shop");
    assertThat(target.source()).isEqualTo("the environment");
  }

  @Test
  void aProfileGoesBeforeTheEnvironmentAndAnOptionBeforeTheProfilesProject() throws Exception {
    profiles("{\"prod\":" + STACK.replace("127.0.0.1:8080", "localhost:9") + "}", "rw-------");

    Target target =
        targets(Map.of("PINFERRY_API", "https://other.example.com", "PINFERRY_KEY", "k"))
            .find(null, "prod", "p-2");

    assertThat(target.api()).isEqualTo(URI.create("http://localhost:9"));
    assertThat(target.project()).isEqualTo("p-2");
  }

  @Test
  void theProfileDefaultIsTakenIfNothingIsNamed() throws Exception {
    file("xdg/pinferry/profiles.json", "{\"default\":" + STACK + "}", "rw-------");

    Target target =
        targets(Map.of("XDG_CONFIG_HOME", home.resolve("xdg").toString())).find(null, null, null);

    assertThat(target.project()).isEqualTo("p-1");
  }

  @Test
  void aFileThatOthersCanReadIsRefusedWithTheCommandThatMendsIt() throws Exception {
    Path file = profiles("{\"default\":" + STACK + "}", "rw-r--r--");

    refused(() -> targets(Map.of()).find(null, null, null))
        .satisfies(failure -> says(failure, "others may read", "chmod 600 " + file));
    Path stack = file("d.json", STACK, "rw----r--");
    refused(() -> targets(Map.of()).find(stack, null, null))
        .satisfies(failure -> says(failure, "chmod 600 " + stack));
  }

  @Test
  void whatIsMissingIsNamedWithTheWaysToGiveIt() throws Exception {
    refused(() -> targets(Map.of()).find(null, null, null))
        .satisfies(
            failure -> says(failure, "no Pinferry is named", "--stack FILE", "PINFERRY_API"));
    refused(() -> targets(Map.of("PINFERRY_API", "https://a.example.com")).find(null, null, null))
        .satisfies(failure -> says(failure, "has no API key", "PINFERRY_KEY"));
    refused(() -> targets(Map.of("PINFERRY_KEY", "pfk_secret")).find(null, null, null))
        .satisfies(failure -> says(failure, "names no api door", "PINFERRY_API"));
    refused(() -> targets(Map.of()).find(home.resolve("none.json"), null, null))
        .satisfies(failure -> says(failure, "there is no file"));
    refused(() -> targets(Map.of()).find(home.resolve("a"), "b", null))
        .satisfies(failure -> says(failure, "--stack and --profile"));
    refused(() -> targets(Map.of()).find(null, "prod", null))
        .satisfies(failure -> says(failure, "there is no file"));
    profiles("{\"dev\":{},\"prod\":{}}", "rw-------");
    refused(() -> targets(Map.of()).find(null, "test", null))
        .satisfies(failure -> says(failure, "no profile test", "dev, prod"));
  }

  @Test
  void aFileThatIsNoJsonIsNotShown() throws Exception {
    Path broken = file("d.json", "{\"apiKey\":\"pfk_secret", "rw-------");

    refused(() -> targets(Map.of()).find(broken, null, null))
        .satisfies(failure -> says(failure, "cannot read " + broken + " as JSON"));
  }

  @ParameterizedTest
  @CsvSource({
    "http://api.example.com, everybody on the way could read the key, https://api.example.com",
    "https://x.execute-api.eu-central-1.amazonaws.com/prod, more than a host, no path",
    "https://api.example.com/v1, more than a host, Use https://api.example.com.",
    "https://u:pfk_secret@api.example.com, more than a host, Use https://api.example.com.",
    "api.example.com, is not an address, https://host",
    "ftp://api.example.com, is not an address, https://host",
    "https://api example.com, is not an address, https://host"
  })
  void anAddressThatCannotBeADoorIsRefused(String address, String message, String remedy) {
    assertThatThrownBy(
            () ->
                targets(Map.of("PINFERRY_API", address, "PINFERRY_KEY", "k"))
                    .find(null, null, null))
        .asInstanceOf(type(CommandFailure.class))
        .satisfies(failure -> says(failure, message, remedy))
        .satisfies(failure -> assertThat(failure.code()).isEqualTo(ExitCode.USAGE));
  }

  @Test
  void aKeyWithABlankInsideIsRefused() {
    refused(
            () ->
                targets(Map.of("PINFERRY_API", "https://a.example.com", "PINFERRY_KEY", "a b"))
                    .find(null, null, null))
        .satisfies(failure -> says(failure, "blanks or controls"));
  }
}
