package io.pinferry.simulation.invariant;

import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.read.ScheduledReads;
import io.pinferry.simulation.kernel.Journal;
import io.pinferry.timer.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * scheduled: each object that an installation reads has exactly one timer for its next read, even
 * after changes of the config. Checked at the end.
 */
public final class NextReads implements Invariant {
  private final Journal journal;
  private final DirectoryStore directory;
  private final Supplier<List<Timer>> timers;
  private final List<Event.CustomerStart> customers = new ArrayList<>();

  /**
   * @param timers returns all timers there are
   */
  public NextReads(Journal journal, DirectoryStore directory, Supplier<List<Timer>> timers) {
    this.journal = journal;
    this.directory = directory;
    this.timers = timers;
  }

  @Override
  public void on(Event event) {
    if (event instanceof Event.CustomerStart customer) {
      customers.add(customer);
    }
  }

  @Override
  public void check() {
    var installations = new InstallationRepository(directory);
    for (Event.CustomerStart customer : customers) {
      Installation installation = customer.installation();
      installations
          .find(installation.project(), installation.id())
          .map(present -> present.value().config().effective().read())
          .orElse(List.of())
          .forEach(read -> check(customer.customer(), installation, read.objectName()));
    }
  }

  private void check(String customer, Installation installation, String object) {
    long count =
        timers.get().stream()
            .filter(timer -> timer.kind().equals(ScheduledReads.KIND))
            .filter(timer -> timer.id().equals(installation.id() + "/" + object))
            .count();
    if (count != 1) {
      journal.violation("scheduled", object + " of " + customer + " has " + count + " timers");
    }
  }
}
