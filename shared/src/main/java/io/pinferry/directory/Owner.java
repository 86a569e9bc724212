package io.pinferry.directory;

/**
 * The owner of a connection and its installations.
 *
 * @param consumer the person who connected the account last
 */
public record Owner(Group group, Consumer consumer) {}
