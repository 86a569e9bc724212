package io.pinferry.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.SecretStore;
import io.pinferry.timer.Timer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

final class KeepAliveTest {
  private final ConnectionWorld world = new ConnectionWorld();
  private final KeepAlive keepAlive =
      new KeepAlive(
          world.connections,
          world.accessTokens(),
          world.secrets,
          world.timers,
          world.clock,
          world.log);
  private final Connection connection = world.connected("org_7", "42");

  private Timer timer() {
    assertThat(world.timers.all()).hasSize(1);
    return world.timers.all().getFirst();
  }

  /** Lets days go by, on each of which the timer fires. */
  private void days(int count) {
    for (int day = 0; day < count; day++) {
      Timer timer = timer();
      world.clock.set(timer.dueAt());
      keepAlive.fire(timer);
    }
  }

  @Test
  void aNewConnectionIsLookedAtWithinTwoDays() {
    Instant now = world.clock.instant();

    assertThat(timer().dueAt())
        .isBetween(now.plus(Duration.ofDays(1)), now.plus(Duration.ofDays(2)));
    world.connected("org_7", "42");
    assertThat(world.timers.all()).as("connecting anew").hasSize(1);
    world.connected("org_8", "43");
    assertThat(world.timers.all().stream().map(Timer::dueAt).distinct()).hasSize(2);
  }

  @Test
  void tokensThatNobodyUsesAreRefreshedAWeekBeforeTheyExpire() {
    Instant expiresAt =
        Objects.requireNonNull(world.tokens(connection).accessExpiresAt(), "expires");

    days(21);
    assertThat(world.tokens(connection).refreshed()).isFalse();
    days(3);

    assertThat(world.tokens(connection).refreshed()).isTrue();
    assertThat(world.tokens(connection).obtainedAt())
        .isBetween(expiresAt.minus(Duration.ofDays(7)), expiresAt.minus(Duration.ofDays(5)));
  }

  @Test
  void anIdleConnectionOutlivesItsRefreshTokenManyTimes() {
    days(400);

    assertThat(world.read(connection).access().status()).isEqualTo(ConnectionStatus.CREATED);
    assertThat(world.tokens(connection).accessExpiresAt()).isAfter(world.clock.instant());
  }

  @Test
  void badCredentialsAreLeftAloneAndLookedAtAgain() {
    world.connections.replace(
        world.connections.find(connection.project(), connection.id()).orElseThrow(),
        connection.with(
            ConnectionStatus.BAD_CREDENTIALS, connection.access().scopes(), world.clock.instant()));

    days(40);

    assertThat(world.tokens(connection).refreshed()).isFalse();
    assertThat(timer().dueAt()).isEqualTo(world.clock.instant().plus(KeepAlive.INTERVAL));
  }

  @Test
  void tokensWhoseConnectionIsGoneAreRemovedAndTheTimerWithThem() {
    assertThat(
            world.connections.remove(
                world.connections.find(connection.project(), connection.id()).orElseThrow()))
        .isTrue();

    keepAlive.fire(timer());

    assertThat(world.secrets.find(connection.access().secretName())).isEmpty();
    assertThat(world.timers.all()).isEmpty();
  }

  @Test
  void aConnectionThatWasMadeThoughTheAnswerWasLostKeepsItsTokens() {
    var unsure =
        new ConnectionKeeper(
            new ConnectionRepository(lost(DirectoryStore.class, world.store, "write")),
            world.secrets,
            world.timers,
            world.ids,
            world.clock);
    assertThatThrownBy(
            () ->
                unsure.keep(
                    world.party("org_9"),
                    "pinterest",
                    world.grant("44", "pinr_44", 30),
                    Instant.MAX))
        .hasMessage("the answer was lost");

    Connection made =
        world
            .connections
            .findOfGroup(connection.project(), "pinterest", "org_9")
            .orElseThrow()
            .value();
    world.timers.all().forEach(keepAlive::fire);
    assertThat(world.secrets.find(made.access().secretName())).isPresent();
  }

  @Test
  void tokensOfAConnectionThatWasNeverMadeAreRemoved() {
    Set<String> before = world.secrets.names();
    var dying =
        new ConnectionKeeper(
            new ConnectionRepository(dyingAt(DirectoryStore.class, world.store, "write")),
            dyingAt(SecretStore.class, world.secrets, "delete"),
            world.timers,
            world.ids,
            world.clock);
    assertThatThrownBy(
            () ->
                dying.keep(
                    world.party("org_9"),
                    "pinterest",
                    world.grant("44", "pinr_44", 30),
                    Instant.MAX))
        .hasMessage("killed");
    assertThat(world.secrets.names()).hasSize(before.size() + 1);

    world.timers.all().forEach(keepAlive::fire);

    assertThat(world.secrets.names()).isEqualTo(before);
  }

  /** Returns a port whose process does not live to use one of its methods. */
  private static <T> T dyingAt(Class<T> port, T right, String method) {
    return at(
        port,
        right,
        method,
        call -> {
          throw new IllegalStateException("killed");
        });
  }

  /** Returns a port one of whose methods does what it is to do, and does not say so. */
  private static <T> T lost(Class<T> port, T right, String method) {
    return at(
        port,
        right,
        method,
        call -> {
          call.call();
          throw new IllegalStateException("the answer was lost");
        });
  }

  /** A fault of a call. */
  private interface Fault {
    Object of(Callable<Object> call) throws Exception;
  }

  private static <T> T at(Class<T> port, T right, String method, Fault fault) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (proxy, called, arguments) -> {
              Callable<Object> call = () -> called.invoke(right, arguments);
              try {
                return called.getName().equals(method) ? fault.of(call) : call.call();
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            }));
  }
}
