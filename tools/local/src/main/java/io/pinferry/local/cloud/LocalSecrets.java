package io.pinferry.local.cloud;

import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A server that speaks as much of Secrets Manager's JSON protocol as Pinferry uses: create, get,
 * put, describe, list and delete secrets, and move staging labels with the compare-and-set that a
 * token refresh relies on.
 */
public final class LocalSecrets implements AutoCloseable {
  private final TargetServer server;

  private LocalSecrets(TargetServer server) {
    this.server = server;
  }

  /**
   * Starts the server on a free port of 127.0.0.1.
   *
   * @param clock what creation and deletion dates are taken from
   * @param random what the random ending of an ARN is taken from
   * @param directory where the secrets are kept; null keeps them in memory
   */
  public static LocalSecrets start(
      String region,
      String account,
      InstantSource clock,
      RandomGenerator random,
      @Nullable Path directory) {
    var store = new SecretsStore(region, account, clock, random, directory);
    return new LocalSecrets(TargetServer.start("secretsmanager.", store::answer));
  }

  /** Returns the address for a client's endpoint override. */
  public URI endpoint() {
    return server.endpoint();
  }

  @Override
  public void close() {
    server.close();
  }
}
