package io.pinferry.connection;

import io.pinferry.base.PinferryException;
import io.pinferry.base.Secret;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ProjectId;
import io.pinferry.limit.BudgetOwner;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives out token 1 of one account, and the next one for one that was rejected. */
public final class FixedTokens implements Tokens {
  private int newest = 1;
  private int rejections;
  private int successes;
  private AccountId account;
  private @Nullable PinferryException failure;
  private Instant issuedAt = Instant.MAX;

  public FixedTokens(AccountId account) {
    this.account = account;
  }

  /** Fails from now on; null for no longer. */
  public void fail(@Nullable PinferryException with) {
    failure = with;
  }

  /** Connects another account. */
  public void connect(AccountId other) {
    account = other;
    newest++;
  }

  /** Says that the tokens were issued long ago; otherwise they are newer than any request. */
  public void issuedLongAgo() {
    issuedAt = Instant.MIN;
  }

  public int rejections() {
    return rejections;
  }

  public int successes() {
    return successes;
  }

  @Override
  public AccessToken accessTokenFor(ProjectId project, ConnectionId id) {
    if (failure != null) {
      throw failure;
    }
    return new AccessToken(
        new Secret("token" + newest),
        issuedAt,
        "v" + newest,
        account,
        List.of(),
        new BudgetOwner("app", "user"));
  }

  @Override
  public AccessToken accessTokenFor(ProjectId project, ConnectionId id, AccountId expected) {
    return accessTokenFor(project, id);
  }

  @Override
  public AccessToken refreshAfterRejection(
      ProjectId project, ConnectionId id, String rejectedVersion) {
    rejections++;
    if (rejectedVersion.equals("v" + newest)) {
      newest++;
    }
    return accessTokenFor(project, id);
  }

  @Override
  public void reportSuccess(ProjectId project, ConnectionId id) {
    successes++;
  }
}
