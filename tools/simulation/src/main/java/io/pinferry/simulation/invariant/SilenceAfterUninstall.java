package io.pinferry.simulation.invariant;

import io.pinferry.simulation.kernel.Journal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * uninstall: nothing of an installation is sent long after its uninstall, except the notification
 * of the uninstall. Checked whenever a destination takes a message.
 */
public final class SilenceAfterUninstall implements Invariant {
  /** Knowledge of an installation may be a minute old, and a delivery takes its time. */
  private static final Duration DELAY_MAX = Duration.ofSeconds(85);

  private final Journal journal;
  private final InstantSource clock;
  private final Map<String, Instant> uninstalledAt = new HashMap<>();

  public SilenceAfterUninstall(Journal journal, InstantSource clock) {
    this.journal = journal;
    this.clock = clock;
  }

  @Override
  public void on(Event event) {
    switch (event) {
      case Event.Uninstallation(var installation) ->
          uninstalledAt.put(installation.value(), clock.instant());
      case Event.MessageReceipt receipt
          when !receipt.notificationType().equals("installation.deleted") ->
          check(receipt.data().path("installationId").asText());
      default -> {}
    }
  }

  private void check(String installation) {
    Instant at = uninstalledAt.get(installation);
    if (at != null && clock.instant().isAfter(at.plus(DELAY_MAX))) {
      journal.violation("uninstall", "a message was sent long after the uninstall at " + at);
    }
  }
}
