package io.pinferry.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.directory.ConnectionId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every promise of {@link RefreshLeaseStore}. */
public abstract class RefreshLeaseStoreContract {
  private static final Instant NOON = Instant.parse("2026-09-01T12:00:00Z");
  private static final Duration LENGTH = Duration.ofSeconds(30);

  private final ConnectionId connection = new ConnectionId(UUID.randomUUID().toString());

  /** Returns the store under test, the same during one test. */
  protected abstract RefreshLeaseStore store();

  @Test
  void aLeaseThatIsHeldIsNotGrantedAgain() {
    RefreshLease first = store().tryAcquire(connection, LENGTH, NOON).orElseThrow();

    assertThat(first.until()).isEqualTo(NOON.plus(LENGTH));
    assertThat(store().tryAcquire(connection, LENGTH, NOON)).isEmpty();
    assertThat(store().tryAcquire(connection, LENGTH, NOON.plusMillis(29_999))).isEmpty();
  }

  @Test
  void aLeaseEndsByItself() {
    RefreshLease first = store().tryAcquire(connection, LENGTH, NOON).orElseThrow();

    RefreshLease second = store().tryAcquire(connection, LENGTH, NOON.plus(LENGTH)).orElseThrow();

    assertThat(second.holder()).isNotEqualTo(first.holder());
  }

  @Test
  void aReleasedLeaseIsGrantedAgain() {
    store().release(store().tryAcquire(connection, LENGTH, NOON).orElseThrow());

    assertThat(store().tryAcquire(connection, LENGTH, NOON)).isPresent();
  }

  @Test
  void whoseLeaseHasEndedCannotReleaseTheNextOne() {
    RefreshLease first = store().tryAcquire(connection, LENGTH, NOON).orElseThrow();
    store().tryAcquire(connection, LENGTH, NOON.plus(LENGTH));

    store().release(first);

    assertThat(store().tryAcquire(connection, LENGTH, NOON.plus(LENGTH))).isEmpty();
  }

  @Test
  void releasingTwiceDoesNothing() {
    RefreshLease lease = store().tryAcquire(connection, LENGTH, NOON).orElseThrow();
    store().release(lease);
    store().release(lease);

    assertThat(store().tryAcquire(connection, LENGTH, NOON)).isPresent();
  }

  @Test
  void connectionsDoNotDisturbEachOther() {
    store().tryAcquire(connection, LENGTH, NOON);

    assertThat(store().tryAcquire(new ConnectionId(UUID.randomUUID().toString()), LENGTH, NOON))
        .isPresent();
  }

  @Test
  void ofManyAtOnceOneGetsIt() {
    Callable<Optional<RefreshLease>> attempt = () -> store().tryAcquire(connection, LENGTH, NOON);

    var results =
        new VirtualThreadTasks(Clock.systemUTC())
            .all(IntStream.range(0, 16).mapToObj(i -> attempt).toList());

    assertThat(results.stream().filter(Optional::isPresent)).hasSize(1);
  }
}
