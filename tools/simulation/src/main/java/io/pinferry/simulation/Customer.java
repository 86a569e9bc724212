package io.pinferry.simulation;

import io.pinferry.directory.Installation;
import io.pinferry.directory.Integration;
import io.pinferry.directory.ProjectId;
import java.util.List;

/**
 * A customer of a product that uses Pinferry. Each product has one customer.
 *
 * @param apiKey of the product
 * @param objects that the installation reads
 */
record Customer(
    String name,
    String apiKey,
    Integration integration,
    Installation installation,
    List<String> objects) {
  Customer {
    objects = List.copyOf(objects);
  }

  ProjectId project() {
    return installation.project();
  }
}
