package io.pinbridge.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinbridge.directory.Connection;
import io.pinbridge.directory.ConnectionStatus;
import io.pinbridge.timer.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class KeepAliveTest {
  private final ConnectionWorld world = new ConnectionWorld();
  private final KeepAlive keepAlive =
      new KeepAlive(world.connections, world.accessTokens(), world.timers, world.clock, world.log);
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

    assertThat(world.read(connection).status()).isEqualTo(ConnectionStatus.CREATED);
    assertThat(world.tokens(connection).accessExpiresAt()).isAfter(world.clock.instant());
  }

  @Test
  void badCredentialsAreLeftAloneAndLookedAtAgain() {
    world.connections.replace(
        world.connections.find(connection.project(), connection.id()).orElseThrow(),
        connection.with(
            ConnectionStatus.BAD_CREDENTIALS, connection.scopes(), world.clock.instant()));

    days(40);

    assertThat(world.tokens(connection).refreshed()).isFalse();
    assertThat(timer().dueAt()).isEqualTo(world.clock.instant().plus(KeepAlive.INTERVAL));
  }

  @Test
  void aTimerWithoutItsConnectionIsDropped() {
    assertThat(
            world.connections.remove(
                world.connections.find(connection.project(), connection.id()).orElseThrow()))
        .isTrue();

    keepAlive.fire(timer());

    assertThat(world.timers.all()).isEmpty();
  }
}
