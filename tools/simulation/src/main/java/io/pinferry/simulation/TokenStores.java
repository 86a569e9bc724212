package io.pinferry.simulation;

import io.pinferry.connection.ConnectionSecrets;
import io.pinferry.connection.TokenPlaces;
import io.pinferry.directory.InMemorySecretStore;
import io.pinferry.directory.SecretStore;
import io.pinferry.simulation.kernel.FaultyPort;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The stores of secrets. In some worlds tokens move from one store to another and back, since each
 * deployment changes the configured store. For some minutes after a deployment a new process may
 * still have the old configuration.
 */
final class TokenStores {
  private static final Duration ROLLOUT = Duration.ofMinutes(4);
  private static final int DEPLOYMENTS_MAX = 6;
  private static final int APART_SECONDS_MIN = 300;

  private final InMemorySecretStore secretsManager;
  private final InMemorySecretStore dynamoDb = new InMemorySecretStore("dynamodb-");
  private final Mutation mutation;
  private final RefusingSecrets refusing;
  private final RandomGenerator random;
  private final InstantSource clock;
  private final boolean moving;
  private final boolean dynamoDbFirst;
  private final List<Instant> deployments = new ArrayList<>();

  /** Both stores as all processes use them; the second one only while tokens move. */
  private final SecretStore tokens;

  private final SecretStore moreTokens;

  TokenStores(
      InMemorySecretStore secretsManager,
      Mutation mutation,
      PortWatch watch,
      RefusingSecrets refusing,
      RandomGenerator random,
      InstantSource clock) {
    this.secretsManager = secretsManager;
    this.mutation = mutation;
    this.refusing = refusing;
    this.random = random;
    this.clock = clock;
    this.moving = random.nextInt(4) == 0;
    this.dynamoDbFirst = random.nextBoolean();
    Instant deployment = clock.instant();
    for (int i = random.nextInt(DEPLOYMENTS_MAX); i >= 0; i--) {
      deployment = deployment.plusSeconds(APART_SECONDS_MIN + random.nextInt(600));
      deployments.add(deployment);
    }
    SecretStore truth = moving ? places(secretsManager, dynamoDb, false) : secretsManager;
    this.tokens = watch.secrets(mutation.secrets(secretsManager), truth);
    this.moreTokens = watch.secrets(mutation.secrets(dynamoDb), truth);
  }

  /** Returns whether tokens move in this world. */
  boolean moving() {
    return moving;
  }

  /** Returns when the configured store changes. */
  List<Instant> deployments() {
    return deployments;
  }

  /** Returns whether all processes that start now have the last configuration. */
  boolean rolledOut() {
    return !clock.instant().isBefore(deployments.getLast().plus(ROLLOUT));
  }

  /** Returns the store that is configured for a process that starts now. */
  private boolean toDynamoDb() {
    Instant now = clock.instant();
    long changes = deployments.stream().filter(deployment -> isAfter(deployment, now)).count();
    return dynamoDbFirst != (changes % 2 == 1);
  }

  private boolean isAfter(Instant deployment, Instant now) {
    return !now.isBefore(deployment)
        && (!now.isBefore(deployment.plus(ROLLOUT)) || random.nextBoolean());
  }

  /** Returns the store that tokens are moved to at last. */
  InMemorySecretStore target() {
    return toDynamoDb() ? dynamoDb : secretsManager;
  }

  /** Returns the store that tokens leave at last. */
  InMemorySecretStore source() {
    return toDynamoDb() ? secretsManager : dynamoDb;
  }

  /** Returns the secrets without faults, for the setup of a world. */
  SecretStore calm() {
    return moving ? places(tokens, moreTokens, toDynamoDb()) : tokens;
  }

  /** Returns the secrets of a process. Sometimes they take no further version for a while. */
  SecretStore of(FaultyPort port) {
    SecretStore one = port.wrap(SecretStore.class, refusing.wrap(tokens));
    return moving ? places(one, port.wrap(SecretStore.class, moreTokens), toDynamoDb()) : one;
  }

  private static SecretStore places(SecretStore one, SecretStore other, boolean toDynamoDb) {
    return new ConnectionSecrets(new TokenPlaces(one, other, toDynamoDb), one);
  }

  /** Returns both stores for a process that moves tokens. */
  TokenPlaces movedBy(FaultyPort port) {
    return new TokenPlaces(
        port.wrap(SecretStore.class, mutation.movedSecrets(secretsManager)),
        port.wrap(SecretStore.class, mutation.movedSecrets(dynamoDb)),
        toDynamoDb());
  }
}
