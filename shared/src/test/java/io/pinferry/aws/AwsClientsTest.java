package io.pinferry.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.regions.Region;

final class AwsClientsTest {
  private static final Map<String, String> LAMBDA =
      Map.of(
          "AWS_REGION", "eu-central-1",
          "AWS_ACCESS_KEY_ID", "id",
          "AWS_SECRET_ACCESS_KEY", "key",
          "AWS_SESSION_TOKEN", "session");

  @Test
  void aClientIsBuiltOnce() {
    var clients = new AwsClients(LAMBDA);

    assertThat(clients.dynamoDb()).isSameAs(clients.dynamoDb());
    assertThat(clients.sqs()).isSameAs(clients.sqs());
    assertThat(clients.secretsManager()).isSameAs(clients.secretsManager());
  }

  @Test
  void lambdasOwnRegionAndCredentialsAreUsed() {
    var configuration = new AwsClients(LAMBDA).dynamoDb().serviceClientConfiguration();

    assertThat(configuration.region()).isEqualTo(Region.EU_CENTRAL_1);
    assertThat(configuration.endpointOverride()).isEmpty();
    assertThat(configuration.credentialsProvider().resolveIdentity().join())
        .isInstanceOfSatisfying(
            AwsSessionCredentials.class,
            credentials -> {
              assertThat(credentials.accessKeyId()).isEqualTo("id");
              assertThat(credentials.secretAccessKey()).isEqualTo("key");
              assertThat(credentials.sessionToken()).isEqualTo("session");
            });
  }

  @Test
  void keysWithoutASessionAreFine() {
    Map<String, String> environment = new HashMap<>(LAMBDA);
    environment.remove("AWS_SESSION_TOKEN");

    AwsCredentialsIdentity credentials =
        new AwsClients(environment)
            .sqs()
            .serviceClientConfiguration()
            .credentialsProvider()
            .resolveIdentity()
            .join();

    assertThat(credentials).isNotInstanceOf(AwsSessionCredentials.class);
    assertThat(credentials.accessKeyId()).isEqualTo("id");
  }

  @Test
  void withoutKeysTheEnvironmentIsAskedLater() {
    assertThat(provider(Map.of("AWS_REGION", "eu-central-1")))
        .isInstanceOf(EnvironmentVariableCredentialsProvider.class);
  }

  @Test
  void withSnapStartTheSourceThatRenewsKeysIsUsedEvenBesideOthers() {
    Map<String, String> environment = new HashMap<>(LAMBDA);
    environment.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9001/credentials");

    assertThat(provider(environment)).isInstanceOf(ContainerCredentialsProvider.class);
  }

  @Test
  void eachServiceMayBeElsewhere() {
    Map<String, String> environment = new HashMap<>(LAMBDA);
    environment.put("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1");
    environment.put("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:2");
    environment.put("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:3");

    var clients = new AwsClients(environment);

    assertThat(clients.dynamoDb().serviceClientConfiguration().endpointOverride())
        .contains(URI.create("http://127.0.0.1:1"));
    assertThat(clients.sqs().serviceClientConfiguration().endpointOverride())
        .contains(URI.create("http://127.0.0.1:2"));
    assertThat(clients.secretsManager().serviceClientConfiguration().endpointOverride())
        .contains(URI.create("http://127.0.0.1:3"));
  }

  @Test
  void aMissingRegionIsSaidAtOnce() {
    assertThatThrownBy(() -> new AwsClients(Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("AWS_REGION");
  }

  private static IdentityProvider<? extends AwsCredentialsIdentity> provider(
      Map<String, String> environment) {
    return new AwsClients(environment)
        .dynamoDb()
        .serviceClientConfiguration()
        .credentialsProvider();
  }
}
