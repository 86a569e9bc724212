package io.pinferry.operation;

import io.pinferry.directory.Installation;
import io.pinferry.notification.Notification.Party;

/**
 * The customer with the data of an operation.
 *
 * @param group the customer's organisation, by the builder's reference and name
 * @param consumer the person who connected the account
 */
public record Customer(Party group, Party consumer) {
  public static Customer of(Installation installation) {
    return new Customer(
        Party.of(installation.owner().group()), Party.of(installation.owner().consumer()));
  }
}
