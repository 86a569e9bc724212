package io.pinferry.local.cloud;

import java.net.URI;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * One DynamoDB Local, one ElasticMQ, one secrets server and one key server per test process, in
 * memory, each started when first asked for. Tests keep apart by names of their own ({@link
 * #unique}). The system property {@code pinferry.aws-endpoint} names another emulator that takes
 * their place ({@code ./pinferry check-clients moto}).
 */
public final class EmbeddedParts {

  public static final String REGION = "eu-central-1";
  public static final String ACCOUNT = "000000000000";

  private static final StaticCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local"));

  private static final @Nullable String OTHER = System.getProperty("pinferry.aws-endpoint");

  private EmbeddedParts() {}

  /** Returns the DynamoDB client that all tests share; nobody closes it. */
  public static DynamoDbClient dynamoDb() {
    return DynamoDb.CLIENT;
  }

  /** Returns the SQS client that all tests share; nobody closes it. */
  public static SqsClient sqs() {
    return Sqs.CLIENT;
  }

  /** Returns the Secrets Manager client that all tests share; nobody closes it. */
  public static SecretsManagerClient secrets() {
    return Secrets.CLIENT;
  }

  /** Returns the KMS client that all tests share; nobody closes it. */
  public static KmsClient kms() {
    return Kms.CLIENT;
  }

  /** Returns the id of a key of KMS. */
  public static String key() {
    return Kms.KEY;
  }

  /** Returns whether another emulator takes the place of the embedded parts. */
  public static boolean replaced() {
    return OTHER != null;
  }

  /** Returns a name that no other test has, for a table, queue, secret or partition key. */
  public static String unique(String prefix) {
    return prefix + "-" + UUID.randomUUID();
  }

  /** Creates a queue of this visibility timeout and returns its URL. */
  public static String queue(String prefix, int visibilitySeconds) {
    return sqs()
        .createQueue(
            request ->
                request
                    .queueName(unique(prefix))
                    .attributes(
                        Map.of(
                            QueueAttributeName.VISIBILITY_TIMEOUT,
                            Integer.toString(visibilitySeconds))))
        .queueUrl();
  }

  /** Returns a client for a DynamoDB Local elsewhere. */
  public static DynamoDbClient dynamoDb(URI endpoint) {
    return client(DynamoDbClient.builder(), endpoint);
  }

  /** Returns a client for an ElasticMQ elsewhere. */
  public static SqsClient sqs(URI endpoint) {
    return client(SqsClient.builder(), endpoint);
  }

  /** Returns a client for a secrets server elsewhere. */
  public static SecretsManagerClient secrets(URI endpoint) {
    return client(SecretsManagerClient.builder(), endpoint);
  }

  /** Returns a client for a key server elsewhere. */
  public static KmsClient kms(URI endpoint) {
    return client(KmsClient.builder(), endpoint);
  }

  private static <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C client(
      B builder, URI endpoint) {
    return builder
        .endpointOverride(endpoint)
        .region(Region.of(REGION))
        .credentialsProvider(CREDENTIALS)
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  private static URI endpoint(Supplier<URI> embedded) {
    return OTHER == null ? embedded.get() : URI.create(OTHER);
  }

  private static final class DynamoDb {
    private static final DynamoDbClient CLIENT =
        dynamoDb(endpoint(() -> LocalDynamoDb.start(null).endpoint()));
  }

  private static final class Sqs {
    private static final SqsClient CLIENT =
        sqs(endpoint(() -> LocalSqs.start(REGION, ACCOUNT, null).endpoint()));
  }

  private static final class Secrets {
    private static final SecretsManagerClient CLIENT =
        secrets(
            endpoint(
                () ->
                    LocalSecrets.start(
                            REGION, ACCOUNT, InstantSource.system(), new SecureRandom(), null)
                        .endpoint()));
  }

  private static final class Kms {
    private static final KmsClient CLIENT =
        kms(endpoint(() -> LocalKms.start(new SecureRandom(), null).endpoint()));

    /** The embedded KMS has a key behind each id. */
    private static final String KEY =
        replaced() ? CLIENT.createKey().keyMetadata().arn() : "alias/tokens";
  }
}
