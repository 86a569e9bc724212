package io.pinferry.aws;

import io.pinferry.base.Environment;
import io.pinferry.base.IdSource;
import io.pinferry.base.Tasks;
import io.pinferry.connection.ConnectionSecrets;
import io.pinferry.connection.TokenPlaces;
import io.pinferry.directory.SecretStore;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The stores of secrets that a function's settings name. Without a table of tokens, all secrets are
 * in Secrets Manager, and nothing of KMS is loaded.
 *
 * @param places the two stores of tokens, while tokens move; else null
 */
record SecretStores(SecretStore all, @Nullable TokenPlaces places) {
  /** The setting of functions that use secrets. */
  static final String PREFIX = "PINFERRY_SECRET_PREFIX";

  /**
   * @param random draws nonces that must never repeat
   */
  static SecretStores of(
      Environment environment, AwsClients aws, IdSource ids, RandomGenerator random, Tasks tasks) {
    String prefix = environment.text(PREFIX);
    String key = environment.optionalText("PINFERRY_SECRET_KEY");
    String tokenStore = environment.optionalText("PINFERRY_TOKEN_STORE");
    boolean moving = environment.optionalText("PINFERRY_MOVE_TOKENS").equals("true");
    String table = environment.optionalText("PINFERRY_TOKENS_TABLE");
    String tokensKey = environment.optionalText("PINFERRY_TOKENS_KEY");
    boolean toDynamoDb =
        switch (tokenStore) {
          case "", "secretsmanager" -> false;
          case "dynamodb" -> true;
          default ->
              throw new IllegalArgumentException(
                  "PINFERRY_TOKEN_STORE must be secretsmanager or dynamodb, not " + tokenStore);
        };
    var secretsManager =
        new SecretsManagerSecretStore(aws::secretsManager, prefix, key.isEmpty() ? null : key);
    if (!toDynamoDb && !moving) {
      return new SecretStores(secretsManager, null);
    }
    if (table.isEmpty() || tokensKey.isEmpty()) {
      throw new IllegalArgumentException(
          "PINFERRY_TOKENS_TABLE and PINFERRY_TOKENS_KEY are needed to keep tokens in DynamoDB");
    }
    var dynamoDb =
        new DynamoDbSecretStore(
            aws.dynamoDb(),
            table,
            new Envelope(new KmsDataKeys(aws::kms, tokensKey, prefix, tasks::now), random),
            prefix,
            ids,
            tasks);
    if (!moving) {
      return new SecretStores(new ConnectionSecrets(dynamoDb, secretsManager), null);
    }
    var places = new TokenPlaces(secretsManager, dynamoDb, toDynamoDb);
    return new SecretStores(new ConnectionSecrets(places, secretsManager), places);
  }
}
