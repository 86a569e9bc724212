package io.pinferry.aws;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.defaultsmode.DefaultsMode;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * The AWS clients of one function. Each is built when it is first needed, because that takes longer
 * than many requests. All settings are explicit, so the SDK reads no profile files.
 *
 * <p>Environment: {@code AWS_REGION}; {@code AWS_ENDPOINT_URL_DYNAMODB}, {@code
 * AWS_ENDPOINT_URL_SQS}, {@code AWS_ENDPOINT_URL_SECRETS_MANAGER} and {@code AWS_ENDPOINT_URL_KMS}
 * if the services are not at Amazon; {@code AWS_ACCESS_KEY_ID}, {@code AWS_SECRET_ACCESS_KEY},
 * {@code AWS_SESSION_TOKEN}, or the container credentials that Lambda sets after SnapStart.
 */
public final class AwsClients {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  /**
   * How long one of three attempts waits for an answer, which usually takes milliseconds. So it is
   * known after some 12 s that a service hangs, and the doors answer after less than 30 s.
   */
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(4);

  /** Open connections per host: ten partitions side by side, each with several requests. */
  private static final String IDLE_CONNECTIONS_MAX = "50";

  private final Map<String, String> environment;
  private final Region region;
  private @Nullable SdkHttpClient http;
  private @Nullable DynamoDbClient dynamoDb;
  private @Nullable SqsClient sqs;
  private @Nullable SecretsManagerClient secretsManager;
  private @Nullable KmsClient kms;

  /**
   * @throws IllegalArgumentException if there is no region
   */
  public AwsClients(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
    String name = environment.get("AWS_REGION");
    if (name == null || name.isBlank()) {
      throw new IllegalArgumentException("AWS_REGION must name the region, e.g. eu-central-1");
    }
    this.region = Region.of(name);
  }

  public synchronized DynamoDbClient dynamoDb() {
    if (dynamoDb == null) {
      dynamoDb = configured(DynamoDbClient.builder(), "DYNAMODB").build();
    }
    return dynamoDb;
  }

  public synchronized SqsClient sqs() {
    if (sqs == null) {
      sqs = configured(SqsClient.builder(), "SQS").build();
    }
    return sqs;
  }

  public synchronized SecretsManagerClient secretsManager() {
    if (secretsManager == null) {
      secretsManager = configured(SecretsManagerClient.builder(), "SECRETS_MANAGER").build();
    }
    return secretsManager;
  }

  public synchronized KmsClient kms() {
    if (kms == null) {
      kms = configured(KmsClient.builder(), "KMS").build();
    }
    return kms;
  }

  private <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> B configured(
      B builder, String service) {
    String endpoint = environment.get("AWS_ENDPOINT_URL_" + service);
    if (endpoint != null && !endpoint.isBlank()) {
      builder.endpointOverride(URI.create(endpoint));
    }
    return builder
        .region(region)
        .credentialsProvider(credentials())
        .httpClient(http())
        .defaultsMode(DefaultsMode.STANDARD)
        .overrideConfiguration(
            override ->
                override.retryStrategy(RetryMode.STANDARD).defaultProfileFile(noProfiles()));
  }

  private SdkHttpClient http() {
    if (http == null) {
      // By default the JDK keeps five idle connections per host and closes the others after each
      // call. It reads this property at the first request.
      if (System.getProperty("http.maxConnections") == null) {
        System.setProperty("http.maxConnections", IDLE_CONNECTIONS_MAX);
      }
      http =
          UrlConnectionHttpClient.builder()
              .connectionTimeout(CONNECT_TIMEOUT)
              .socketTimeout(READ_TIMEOUT)
              .build();
    }
    return http;
  }

  /**
   * Keys in the environment are fixed, and would expire in a snapshot. So the source that renews
   * them comes first.
   */
  private AwsCredentialsProvider credentials() {
    if (environment.containsKey("AWS_CONTAINER_CREDENTIALS_FULL_URI")) {
      return ContainerCredentialsProvider.create();
    }
    String keyId = environment.get("AWS_ACCESS_KEY_ID");
    String key = environment.get("AWS_SECRET_ACCESS_KEY");
    String session = environment.get("AWS_SESSION_TOKEN");
    if (keyId != null && key != null) {
      return StaticCredentialsProvider.create(
          session == null || session.isEmpty()
              ? AwsBasicCredentials.create(keyId, key)
              : AwsSessionCredentials.create(keyId, key, session));
    }
    return EnvironmentVariableCredentialsProvider.create();
  }

  private static ProfileFile noProfiles() {
    return ProfileFile.builder()
        .content(new ByteArrayInputStream(new byte[0]))
        .type(ProfileFile.Type.CONFIGURATION)
        .build();
  }
}
