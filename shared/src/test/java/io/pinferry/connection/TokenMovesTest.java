package io.pinferry.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.Deadline;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.Secret;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.DirectoryFixtures;
import io.pinferry.directory.Document;
import io.pinferry.directory.ForwardingDirectoryStore;
import io.pinferry.directory.Group;
import io.pinferry.directory.InMemorySecretStore;
import io.pinferry.directory.Owner;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.SecretStore;
import io.pinferry.directory.SecretStore.StoredSecret;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TokenMovesTest {
  private final ConnectionWorld world = new ConnectionWorld();
  private final InMemorySecretStore secretsManager = world.secrets;
  private final InMemorySecretStore dynamoDb = new InMemorySecretStore("dynamodb-");

  private TokenPlaces places(boolean toDynamoDb) {
    return new TokenPlaces(secretsManager, dynamoDb, toDynamoDb);
  }

  private SecretStore secrets(boolean toDynamoDb) {
    return new ConnectionSecrets(places(toDynamoDb), secretsManager);
  }

  private TokenMoves moves(boolean toDynamoDb) {
    return new TokenMoves(
        new ProjectRepository(world.store),
        world.connections,
        places(toDynamoDb),
        world.leases,
        world.tasks,
        world.log);
  }

  private TokenMoves.Result moveAll(boolean toDynamoDb) {
    return moves(toDynamoDb).move(null, new Deadline(Instant.MAX));
  }

  private Connection connected() {
    return world.connected("shop-1", "ana");
  }

  private static String name(Connection connection) {
    return connection.access().secretName();
  }

  private TokenPair pair(SecretStore store, Connection connection) {
    return TokenPair.of(store.find(name(connection)).orElseThrow().value());
  }

  private void assertUsableAndRefreshable(boolean toDynamoDb, Connection connection) {
    AccessTokens tokens = world.accessTokens(secrets(toDynamoDb));
    String before =
        tokens.accessTokenFor(DirectoryFixtures.PROJECT, connection.id()).token().value();
    world.clock.advance(Duration.ofDays(20));
    TokenPair fresh = tokens.refreshNow(connection, false);
    assertThat(fresh.accessToken().value()).isNotEqualTo(before);
    assertThat(pair(secrets(!toDynamoDb), connection)).isEqualTo(fresh);
  }

  @Test
  void tokensMoveThereAndBack() {
    Connection connection = connected();
    TokenPair pair = pair(secretsManager, connection);

    assertThat(moveAll(true)).isEqualTo(new TokenMoves.Result(1, 0, null));
    assertThat(secretsManager.names()).containsExactly("app/1");
    assertThat(pair(dynamoDb, connection)).isEqualTo(pair);
    assertUsableAndRefreshable(true, connection);

    assertThat(moveAll(false)).isEqualTo(new TokenMoves.Result(1, 0, null));
    assertThat(dynamoDb.names()).isEmpty();
    assertUsableAndRefreshable(false, connection);
  }

  @Test
  void otherSecretsStay() {
    secrets(true).create("app/2", new Secret("x"));
    secrets(true).create("connection/2", new Secret("y"));

    assertThat(secretsManager.names()).containsExactly("app/1", "app/2");
    assertThat(dynamoDb.names()).containsExactly("connection/2");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
  void aMoveThatDiedIsTakenFurtherOrTakenBack(int writes) {
    for (boolean back : new boolean[] {false, true}) {
      Connection connection = world.connected("shop-" + back, "ana");
      TokenPair pair = pair(secrets(true), connection);
      StoppingStore.moveAndStop(secretsManager, dynamoDb, true, name(connection), writes);
      for (boolean toDynamoDb : new boolean[] {false, true}) {
        assertThat(pair(secrets(toDynamoDb), connection)).isEqualTo(pair);
      }

      assertThat(places(!back).move(name(connection), () -> {})).isTrue();

      assertThat(pair(back ? secretsManager : dynamoDb, connection)).isEqualTo(pair);
      assertThat((back ? dynamoDb : secretsManager).names()).doesNotContain(name(connection));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
  void aWriterAtAnyStepOfAMoveLosesNothing(int writes) {
    Connection connection = connected();
    TokenPair old = pair(secretsManager, connection);
    StoredSecret read = secrets(false).find(name(connection)).orElseThrow();
    TokenPair reconnected = later(old, "reconnected", "another grant");
    StoredSecret stored = secrets(false).storePending(name(connection), reconnected.toSecret());
    StoppingStore.moveAndStop(secretsManager, dynamoDb, true, name(connection), writes);

    boolean won = secrets(false).promote(name(connection), read.version(), stored.version());
    if (!won) {
      StoredSecret now = secrets(false).find(name(connection)).orElseThrow();
      StoredSecret again = secrets(false).storePending(name(connection), reconnected.toSecret());
      assertThat(secrets(false).promote(name(connection), now.version(), again.version())).isTrue();
    }
    // Another process is repeated until it is done.
    while (!places(true).move(name(connection), () -> {})) {
      assertThat(pair(secrets(true), connection)).isEqualTo(reconnected);
    }

    assertThat(pair(dynamoDb, connection)).isEqualTo(reconnected);
  }

  @Test
  void pendingTokensAndThoseBesideTheSecretComeAlong() {
    Connection pending = connected();
    TokenPair second = later(pair(secretsManager, pending), "second", null);
    secretsManager.storePending(name(pending), second.toSecret());
    Connection aside = world.connected("shop-2", "bob");
    TokenPair third = later(pair(secretsManager, aside), "third", null);
    secretsManager.storeAside(name(aside), third.toSecret());

    moveAll(true);

    assertThat(pair(dynamoDb, pending)).isEqualTo(second);
    assertThat(pair(dynamoDb, aside)).isEqualTo(third);
    assertThat(secretsManager.names()).containsExactly("app/1");
  }

  @Test
  void tokensThatAreStoredLateComeAlong() {
    Connection connection = connected();
    TokenPair late = later(pair(secretsManager, connection), "late", null);
    StoppingStore.moveAndStop(secretsManager, dynamoDb, true, name(connection), 5);
    secretsManager.storePending(name(connection), late.toSecret());

    moveAll(true);

    assertThat(pair(dynamoDb, connection)).isEqualTo(late);
  }

  @Test
  void aConnectionThatIsBeingRefreshedIsLeftForTheNextPass() {
    Connection connection = connected();
    var lease =
        world.leases.tryAcquire(connection.id(), Duration.ofSeconds(30), world.clock.instant());

    assertThat(moveAll(true)).isEqualTo(new TokenMoves.Result(0, 1, null));

    world.leases.release(lease.orElseThrow());
    assertThat(moveAll(true)).isEqualTo(new TokenMoves.Result(1, 0, null));
  }

  @Test
  void nothingIsDeletedWithoutTimeOnTheLease() {
    Connection connection = connected();

    assertThatThrownBy(
            () ->
                places(true)
                    .move(
                        name(connection),
                        () -> {
                          throw new ProviderUnavailable("too late", null, null);
                        }))
        .isInstanceOf(ProviderUnavailable.class);

    assertThat(secretsManager.names()).contains(name(connection));
    assertThat(pair(secrets(true), connection)).isEqualTo(pair(secretsManager, connection));
  }

  /** Makes projects with many connections, and returns the connections. */
  private List<Connection> manyConnections() {
    List<Connection> made = new ArrayList<>();
    for (int number = 1; number <= 12; number++) {
      var project = new ProjectId(DirectoryFixtures.uuid("many", number));
      new ProjectRepository(world.store).create(DirectoryFixtures.project(project, "p" + number));
      // Every third has none; the others have up to three pages of connections.
      for (int i = 0; i < (number % 3) * 125; i++) {
        made.add(connectionIn(project, "shop-" + i));
      }
    }
    return made;
  }

  private Connection connectionIn(ProjectId project, String groupRef) {
    String id = DirectoryFixtures.uuid(project + groupRef, 1);
    Connection like = DirectoryFixtures.connection(1);
    Connection.Access access = like.access();
    var connection =
        new Connection(
            new ConnectionId(id),
            project,
            like.provider(),
            new Owner(
                new Group(groupRef, groupRef, DirectoryFixtures.NOON, null),
                like.owner().consumer()),
            new Connection.Access(
                null, access.status(), List.of(), null, null, access.account(), "connection/" + id),
            like.createTime(),
            null,
            like.notes());
    assertThat(world.connections.create(connection)).isTrue();
    secretsManager.create(name(connection), new Secret("tokens of " + id));
    return connection;
  }

  @Test
  void aRequestReadsNoMoreThanItMovesAndAPage() {
    List<Connection> all = manyConnections();
    var read = new AtomicInteger();
    var counting =
        new ForwardingDirectoryStore(world.store) {
          @Override
          public List<Document> list(
              String partition, String sortPrefix, @Nullable String after, int limit) {
            List<Document> page = super.list(partition, sortPrefix, after, limit);
            read.addAndGet(page.size());
            return page;
          }
        };
    var moves =
        new TokenMoves(
            new ProjectRepository(counting),
            new ConnectionRepository(counting),
            places(true),
            world.leases,
            world.tasks,
            world.log);
    int moved = 0;
    String cursor = null;
    for (int requests = 0; requests < 150; requests++) {
      read.set(0);
      TokenMoves.Result result = moves.move(cursor, new Deadline(Instant.MIN));
      moved += result.inPlace();
      cursor = result.cursor();
      assertThat(result.inPlace()).isLessThanOrEqualTo(1);
      assertThat(read.get()).isLessThanOrEqualTo(101);
    }
    moved += moves.move(cursor, new Deadline(Instant.MAX)).inPlace();

    assertThat(moved).isEqualTo(all.size());
    assertThat(secretsManager.names()).containsExactly("app/1");
    assertThat(dynamoDb.names()).hasSize(all.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "1.project", ".project/connection", "1.//", "-1.project/"})
  void otherCursorsAreRefused(String cursor) {
    assertThatThrownBy(() -> moves(true).move(cursor, new Deadline(Instant.MAX)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aConnectionThatIsRemovedDuringAMoveLeavesNoSecret() {
    Connection connection = connected();
    StoppingStore.moveAndStop(secretsManager, dynamoDb, true, name(connection), 1);
    secretsManager.delete(name(connection));

    secrets(true).delete(name(connection));

    assertThat(secretsManager.names()).containsExactly("app/1");
    assertThat(dynamoDb.names()).isEmpty();
    assertThat(places(true).move(name(connection), () -> {})).isTrue();
  }

  @Test
  void ofTwoLiveCopiesTheNewerOneCounts() {
    Connection connection = connected();
    TokenPair stale = pair(secretsManager, connection);
    TokenPair newer = later(stale, "newer", null);
    dynamoDb.create(name(connection), newer.toSecret());
    assertThat(pair(secrets(false), connection)).isEqualTo(newer);

    dynamoDb.delete(name(connection));
    dynamoDb.create(name(connection), stale.toSecret());
    StoredSecret tie = dynamoDb.find(name(connection)).orElseThrow();
    assertThat(secrets(false).find(name(connection))).contains(tie);
  }

  @Test
  void aRejectedTokenThatWasMovedIsRefreshedAtOnce() {
    Connection connection = connected();
    AccessTokens tokens = world.accessTokens(secrets(true));
    var rejected = tokens.accessTokenFor(DirectoryFixtures.PROJECT, connection.id());
    moveAll(true);

    var fresh =
        tokens.refreshAfterRejection(
            DirectoryFixtures.PROJECT, connection.id(), rejected.version());

    assertThat(fresh.token()).isNotEqualTo(rejected.token());
    assertThat(pair(dynamoDb, connection).accessToken()).isEqualTo(fresh.token());
    assertThat(dynamoDb.findPending(name(connection))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"storePending", "promote"})
  void aRefresherWhoseTokensMoveMeanwhileKeepsTheNewOnes(String step) {
    Connection connection = connected();
    AccessTokens tokens =
        world.accessTokens(
            StoppingStore.before(
                step,
                secrets(true),
                () ->
                    StoppingStore.moveAndStop(
                        secretsManager, dynamoDb, true, name(connection), Integer.MAX_VALUE)));

    TokenPair fresh = tokens.refreshNow(connection, false);

    assertThat(fresh.accessToken().value()).isNotEqualTo("pina_first-ana");
    assertThat(pair(dynamoDb, connection)).isEqualTo(fresh);
    assertThat(secretsManager.names()).containsExactly("app/1");
  }

  @Test
  void tokensThatAreStoredLateAreUsedBeforeTheMoveGoesOn() {
    Connection connection = connected();
    TokenPair late = later(pair(secretsManager, connection), "late", null);
    StoppingStore.moveAndStop(secretsManager, dynamoDb, true, name(connection), 5);
    secretsManager.storePending(name(connection), late.toSecret());

    assertThat(world.accessTokens(secrets(true)).tokens(connection)).isEqualTo(late);
    assertThat(pair(dynamoDb, connection)).isEqualTo(late);
  }

  private static TokenPair later(TokenPair pair, String token, @Nullable String grant) {
    return new TokenPair(
        new Secret(token),
        pair.refreshToken(),
        pair.accessExpiresAt(),
        pair.refreshExpiresAt(),
        pair.scopes(),
        pair.obtainedAt().plusSeconds(1),
        grant == null,
        grant == null ? pair.grant() : grant,
        pair.account(),
        pair.userId());
  }
}
