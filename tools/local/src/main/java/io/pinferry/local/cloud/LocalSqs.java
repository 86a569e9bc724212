package io.pinferry.local.cloud;

import com.typesafe.config.ConfigFactory;
import io.pinferry.local.loopback.Loopback;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.pattern.Patterns;
import org.elasticmq.StrictSQSLimits$;
import org.elasticmq.actor.QueueManagerActor;
import org.elasticmq.actor.queue.QueueEvent;
import org.elasticmq.persistence.CreateQueueMetadata;
import org.elasticmq.persistence.sql.SqlQueuePersistenceActor;
import org.elasticmq.persistence.sql.SqlQueuePersistenceConfig;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.collection.immutable.List;
import scala.util.Either;
import scalikejdbc.ConnectionPool;

/**
 * ElasticMQ with the limits of SQS. With a data directory every queue and message is in a database
 * before the sender gets its answer, so killing the process loses no accepted message. A start
 * gives out again what was in flight.
 *
 * <p>ElasticMQ keeps one database connection pool per process: only one server with a data
 * directory can run at a time in a process.
 */
public final class LocalSqs implements AutoCloseable {

  private static final Duration START_TIME_MAX = Duration.ofSeconds(60);
  private static final Duration STOP_TIME_MAX = Duration.ofSeconds(20);

  private final ActorSystem system;
  private final URI endpoint;
  private final boolean persistent;

  private LocalSqs(ActorSystem system, URI endpoint, boolean persistent) {
    this.system = system;
    this.endpoint = endpoint;
    this.persistent = persistent;
  }

  /**
   * Starts the server on a free port of 127.0.0.1, with the queues and messages that the directory
   * holds.
   *
   * @param directory where queues and messages are kept; null keeps them in memory
   * @throws IllegalStateException when the server does not start, or a server with a data directory
   *     already runs in this process
   */
  public static LocalSqs start(String region, String account, @Nullable Path directory) {
    var system = ActorSystem.create("sqs", configuration());
    try {
      var server =
          SQSRestServerBuilder.withActorSystem(system)
              .withInterface(Loopback.HOST)
              .withDynamicPort()
              .withSQSLimits(StrictSQSLimits$.MODULE$)
              .withAWSRegion(region)
              .withAWSAccountId(account);
      if (directory != null) {
        var store = store(system, directory);
        var manager = manager(system, store);
        restore(store, manager, directory);
        server = server.withQueueManagerActor(manager).withQueueEventListener(store);
      }
      int port = server.start().waitUntilStarted().localAddress().getPort();
      return new LocalSqs(system, Loopback.uri(port), directory != null);
    } catch (RuntimeException | IOException e) {
      stop(system);
      throw new IllegalStateException("ElasticMQ did not start: " + e.getMessage(), e);
    }
  }

  private static com.typesafe.config.Config configuration() {
    return ConfigFactory.parseString(
            """
            pekko.loglevel = WARNING
            pekko.stdout-loglevel = OFF
            pekko.jvm-exit-on-fatal-error = off
            pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
            # A store that failed and was started again would have forgotten its tables and would
            # acknowledge messages without keeping them. Stopped, nothing is acknowledged any more.
            pekko.actor.guardian-supervisor-strategy = "org.apache.pekko.actor.StoppingSupervisorStrategy"
            """)
        .withFallback(ConfigFactory.load(LocalSqs.class.getClassLoader()));
  }

  private static ActorRef store(ActorSystem system, Path directory) throws IOException {
    if (ConnectionPool.isInitialized(ConnectionPool.DEFAULT_NAME())) {
      throw new IllegalStateException(
          "another embedded cloud with a data directory runs in this process; stop it first");
    }
    Files.createDirectories(directory);
    // Delay 0: each commit is in the file when it returns. The default keeps up to half a second
    // of commits in memory, which a killed process would lose.
    String url =
        "jdbc:h2:file:"
            + directory.toAbsolutePath().resolve("queues")
            + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE";
    giveOutAgain(url);
    // ElasticMQ sets its pool up only once per process; this one serves each later start.
    ConnectionPool.singleton(
        url,
        "sa",
        "",
        ConnectionPool.singleton$default$4(),
        ConnectionPool.DEFAULT_CONNECTION_POOL_FACTORY());
    var config = new SqlQueuePersistenceConfig(true, "org.h2.Driver", url, "sa", "", false);
    List<CreateQueueMetadata> none = scala.collection.immutable.List$.MODULE$.empty();
    return system.actorOf(Props.create(SqlQueuePersistenceActor.class, config, none), "store");
  }

  /**
   * Makes messages visible that were received before the start: whoever received them ended with
   * the process, so nobody will delete them and waiting out their visibility timeout serves no one.
   */
  private static void giveOutAgain(String url) {
    try (Connection connection = DriverManager.getConnection(url, "sa", "");
        Statement statement = connection.createStatement()) {
      var tables = new ArrayList<String>();
      try (ResultSet found =
          statement.executeQuery(
              "SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES"
                  + " WHERE TABLE_NAME LIKE 'MESSAGE\\_%'")) {
        while (found.next()) {
          tables.add(found.getString(1));
        }
      }
      for (String table : tables) {
        statement.executeUpdate(
            "UPDATE \"" + table + "\" SET NEXT_DELIVERY = 0 WHERE RECEIVE_COUNT > 0");
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the kept queues cannot be read: " + e.getMessage(), e);
    }
  }

  private static ActorRef manager(ActorSystem system, ActorRef store) {
    return system.actorOf(
        Props.create(
            QueueManagerActor.class,
            new org.elasticmq.util.NowProvider(),
            StrictSQSLimits$.MODULE$,
            Option.apply(store)),
        "manager");
  }

  private static void restore(ActorRef store, ActorRef manager, Path directory) {
    Object outcome =
        Patterns.ask(store, new QueueEvent.Restore(manager), START_TIME_MAX)
            .toCompletableFuture()
            .join();
    if (!(outcome instanceof Either<?, ?> either) || either.isLeft()) {
      throw new IllegalStateException(
          "the queues in " + directory + " cannot be restored: " + outcome);
    }
  }

  /** Returns the address for a client's endpoint override. */
  public URI endpoint() {
    return endpoint;
  }

  @Override
  public void close() {
    stop(system);
    if (persistent) {
      ConnectionPool.closeAll();
    }
  }

  private static void stop(ActorSystem system) {
    system.terminate();
    try {
      system
          .getWhenTerminated()
          .toCompletableFuture()
          .get(STOP_TIME_MAX.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
      throw new IllegalStateException("ElasticMQ did not stop", e);
    }
  }
}
