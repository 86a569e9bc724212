package io.pinferry.limit;

/**
 * Names a budget.
 *
 * @param category the kind of request that has a limit of its own, e.g. {@code org_read}
 */
public record BudgetKey(BudgetOwner owner, String category) {
  @Override
  public String toString() {
    return category + " of " + owner.user() + " through " + owner.app();
  }
}
