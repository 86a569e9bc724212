package io.pinferry.local.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pinferry.aws.SecretsManagerSecretStore;
import io.pinferry.base.Secret;
import io.pinferry.local.RepositoryRoot;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** Runs the command of docs/operations.md that removes the secrets of a stack. */
final class UninstallDrillComponentTest {
  private static final String MARK = "<!-- run by UninstallDrillComponentTest -->\n```\n";

  @TempDir private Path folder;

  @Test
  void noSecretOfTheStackStays() throws Exception {
    assumeTrue(works("aws", "--version"), "skipped, since this computer has no AWS CLI");
    assumeTrue(works("bash", "--version"), "skipped, since this computer has no bash");
    try (LocalSecrets server =
            LocalSecrets.start(
                "us-east-1", "123456789012", Clock.systemUTC(), new SplittableRandom(1), null);
        SecretsManagerClient client = client(server.endpoint())) {
      var stack = new SecretsManagerSecretStore(() -> client, "pinferry/");
      var other = new SecretsManagerSecretStore(() -> client, "pinferry-test/");
      for (int i = 0; i < 3; i++) {
        stack.create("connection/" + i, new Secret("tokens"));
      }
      stack.storeAside("connection/1", new Secret("newer tokens"));
      stack.create("destination/1", new Secret("keys"));
      other.create("connection/1", new Secret("of another stack"));

      String said = run(server.endpoint());

      assertThat(said.strip()).isEqualTo("0");
      assertThat(client.listSecrets().secretList())
          .extracting(secret -> secret.name())
          .containsExactly("pinferry-test/connection/1");
    }
  }

  private static SecretsManagerClient client(URI endpoint) {
    return SecretsManagerClient.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .build();
  }

  /** Runs the block of the page. */
  private String run(URI endpoint) throws Exception {
    String page = Files.readString(RepositoryRoot.find().resolve("docs/operations.md"));
    int start = page.indexOf(MARK) + MARK.length();
    assertThat(start).as("the block is marked").isGreaterThan(MARK.length());
    String script =
        "set -euo pipefail\nSTACK=pinferry\n" + page.substring(start, page.indexOf("```", start));
    Path output = folder.resolve("output.txt");
    var builder = new ProcessBuilder("bash", "-c", script);
    builder
        .environment()
        .putAll(
            Map.of(
                "AWS_ENDPOINT_URL_SECRETS_MANAGER", endpoint.toString(),
                "AWS_DEFAULT_REGION", "us-east-1",
                "AWS_ACCESS_KEY_ID", "local",
                "AWS_SECRET_ACCESS_KEY", "local",
                "AWS_PAGER", "",
                "AWS_CONFIG_FILE", folder.resolve("none").toString()));
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    String said = Files.readString(output);
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }

  private static boolean works(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(List.of(command))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
