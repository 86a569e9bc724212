package io.pinferry.simulation.invariant;

import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Installation;
import io.pinferry.directory.Snapshot;
import io.pinferry.simulation.kernel.Journal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * whole-move: a move between two stores leaves the tokens of each connection in one of them, the
 * configured one. Checked at the end; one-refresh checks that the tokens are the newest.
 */
public final class WholeMove implements Invariant {
  private final Journal journal;
  private final DirectoryStore directory;
  private final Supplier<Set<String>> target;
  private final Supplier<Set<String>> source;
  private final List<Installation> installations = new ArrayList<>();

  /**
   * @param target returns the names in the store that tokens have moved to
   * @param source returns the names in the other store
   */
  public WholeMove(
      Journal journal,
      DirectoryStore directory,
      Supplier<Set<String>> target,
      Supplier<Set<String>> source) {
    this.journal = journal;
    this.directory = directory;
    this.target = target;
    this.source = source;
  }

  @Override
  public void on(Event event) {
    switch (event) {
      case Event.CustomerStart(_, Installation installation, _) -> installations.add(installation);
      default -> {}
    }
  }

  @Override
  public void check() {
    var connections = new ConnectionRepository(directory);
    for (Installation installation : installations) {
      connections
          .find(installation.project(), installation.connection())
          .map(Snapshot::value)
          .map(Connection::access)
          .ifPresent(
              access -> {
                if (!target.get().contains(access.secretName())) {
                  violation("tokens are not in the configured store");
                }
                if (source.get().contains(access.secretName())) {
                  violation("tokens are still in the other store");
                }
              });
    }
  }

  private void violation(String text) {
    journal.violation("whole-move", text);
  }
}
