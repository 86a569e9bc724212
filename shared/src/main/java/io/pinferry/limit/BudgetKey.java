package io.pinferry.limit;

/**
 * The key of a budget.
 *
 * @param category a kind of request with its own limit, e.g. {@code org_read}
 */
public record BudgetKey(BudgetOwner owner, String category) {
  @Override
  public String toString() {
    return category + " of " + owner.user() + " through " + owner.app();
  }
}
