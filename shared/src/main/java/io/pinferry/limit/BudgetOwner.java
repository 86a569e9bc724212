package io.pinferry.limit;

/**
 * Whose requests are counted together.
 *
 * @param app the application that asks
 * @param user the account it asks for, or whatever stands for it where it is not known
 */
public record BudgetOwner(String app, String user) {}
