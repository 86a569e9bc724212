package io.pinferry.limit;

/**
 * The application and account whose requests Pinterest counts together.
 *
 * @param app the application that sends the requests
 * @param user the account it sends them for; another id in its place while the account is unknown
 */
public record BudgetOwner(String app, String user) {}
