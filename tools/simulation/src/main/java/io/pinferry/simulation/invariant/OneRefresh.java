package io.pinferry.simulation.invariant;

import io.pinferry.base.Secret;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Installation;
import io.pinferry.simulation.kernel.Journal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * one-refresh: of each connection at most one refresh is in flight, and the newest tokens are never
 * overwritten or lost. The first is checked at each refresh, the second at each promotion of a
 * pair. The third is checked at the end: no customer has to connect again although the newest pair
 * was stored, or although Pinterest itself refused none of the customer's refresh tokens.
 */
public final class OneRefresh implements Invariant {
  private final Journal journal;
  private final TokenLedger tokens;
  private final DirectoryStore directory;
  private final Map<String, Installation> installations = new HashMap<>();

  /** Customers whose tokens are being refreshed. */
  private final Set<String> refreshing = new HashSet<>();

  /** The customers whose refresh token Pinterest refused. */
  private final Set<String> refused = new HashSet<>();

  /** Pairs that were stored, by order of issue. */
  private final Set<Integer> stored = new HashSet<>();

  /** The newest pair that was ever current, by the name of the secret. */
  private final Map<String, TokenLedger.Issue> promoted = new HashMap<>();

  public OneRefresh(Journal journal, TokenLedger tokens, DirectoryStore directory) {
    this.journal = journal;
    this.tokens = tokens;
    this.directory = directory;
  }

  @Override
  public void on(Event event) {
    switch (event) {
      case Event.CustomerStart(String customer, Installation installation, _) ->
          installations.put(customer, installation);
      case Event.RefreshStart(String customer) when !refreshing.add(customer) ->
          violation("two refreshes are in flight for " + customer);
      case Event.RefreshEnd(String customer) -> refreshing.remove(customer);
      case Event.GrantRefusal(String customer) -> refused.add(customer);
      case Event.PairStore(Secret pair) ->
          tokens.issueOf(pair).ifPresent(issue -> stored.add(issue.order()));
      case Event.PairPromotion(String name, Secret current) ->
          tokens.issueOf(current).ifPresent(issue -> promoted(name, issue));
      default -> {}
    }
  }

  private void promoted(String name, TokenLedger.Issue issue) {
    TokenLedger.Issue before = promoted.put(name, issue);
    if (before != null && issue.isOlderThan(before)) {
      violation("older tokens have replaced newer ones");
    }
  }

  @Override
  public void check() {
    var connections = new ConnectionRepository(directory);
    installations.forEach(
        (customer, installation) -> {
          int newest = tokens.newestOf(customer);
          boolean bad =
              connections
                  .find(installation.project(), installation.connection())
                  .filter(
                      found -> found.value().access().status() == ConnectionStatus.BAD_CREDENTIALS)
                  .isPresent();
          if (bad && !refused.contains(customer)) {
            violation("Pinterest never refused a refresh token of " + customer);
          }
          if (bad && stored.contains(newest) && tokens.shouldBeKept(newest)) {
            violation("the newest tokens of " + customer + " were stored, but lost");
          }
        });
  }

  private void violation(String text) {
    journal.violation("one-refresh", text);
  }
}
