package io.pinferry.connection;

import org.jspecify.annotations.Nullable;

/**
 * The request of a product to connect a customer.
 *
 * @param groupRef the product's id of the customer; any text
 * @param groupName null for none
 * @param consumerRef the product's id of the person; any text
 * @param consumerName null for none
 * @param providerAppId null for the project's default
 * @param onlyOwn whether the group's connection may be replaced only if it is this person's
 * @param withPage whether a page of Pinferry stands before the one of Pinterest
 */
record ConnectRequest(
    String groupRef,
    @Nullable String groupName,
    String consumerRef,
    @Nullable String consumerName,
    @Nullable String providerAppId,
    boolean onlyOwn,
    boolean withPage) {}
