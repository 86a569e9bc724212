package io.pinbridge.connection;

import org.jspecify.annotations.Nullable;

/**
 * What a customer's connection begins with.
 *
 * @param groupRef the product's id of the customer, any text
 * @param groupName null for none
 * @param consumerRef the product's id of the person, any text
 * @param consumerName null for none
 * @param providerAppId null for the project's default
 */
record ConnectRequest(
    String groupRef,
    @Nullable String groupName,
    String consumerRef,
    @Nullable String consumerName,
    @Nullable String providerAppId) {}
