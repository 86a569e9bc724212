package io.pinferry.directory;

/**
 * The owner of a connection and its installations.
 *
 * @param consumer the person who last connected the account
 */
public record Owner(Group group, Consumer consumer) {}
