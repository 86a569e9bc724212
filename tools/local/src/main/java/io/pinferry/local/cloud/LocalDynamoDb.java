package io.pinferry.local.cloud;

import io.pinferry.local.loopback.Loopback;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;

/**
 * DynamoDB Local behind a server of our own, because the one it ships with listens on all
 * interfaces and cannot take a free port. Every client sees the same tables, whatever its region
 * and key.
 */
public final class LocalDynamoDb implements AutoCloseable {

  private static final int THREADS_MAX = 64;
  private static final int THREADS_MIN = 4;

  private final Server server;
  private final LocalDynamoDBRequestHandler handler;
  private final URI endpoint;

  private LocalDynamoDb(Server server, LocalDynamoDBRequestHandler handler, URI endpoint) {
    this.server = server;
    this.handler = handler;
    this.endpoint = endpoint;
  }

  /**
   * Starts the server on a free port of 127.0.0.1.
   *
   * @param directory where the tables are kept; null keeps them in memory
   * @throws IllegalStateException when the server does not start
   */
  public static LocalDynamoDb start(@Nullable Path directory) {
    try {
      if (directory != null) {
        Files.createDirectories(directory);
      }
      var handler =
          new LocalDynamoDBRequestHandler(
              0, directory == null, directory == null ? null : directory.toString(), true, false);
      var threads = new QueuedThreadPool(THREADS_MAX, THREADS_MIN);
      threads.setName("dynamodb-local");
      threads.setDaemon(true);
      var server = new Server(threads);
      var connector = new ServerConnector(server, 1, 1);
      connector.setHost(Loopback.HOST);
      connector.setPort(0);
      server.addConnector(connector);
      server.setHandler(new LocalDynamoDBServerHandler(handler, null));
      server.start();
      return new LocalDynamoDb(server, handler, Loopback.uri(connector.getLocalPort()));
    } catch (Exception e) {
      throw new IllegalStateException("DynamoDB Local did not start: " + e.getMessage(), e);
    }
  }

  /** Returns the address for a client's endpoint override. */
  public URI endpoint() {
    return endpoint;
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("DynamoDB Local did not stop: " + e.getMessage(), e);
    } finally {
      handler.shutdown();
    }
  }
}
