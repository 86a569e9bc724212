package io.pinferry.local.cloud;

import java.net.URI;
import java.util.Map;

/**
 * The values of references in a template on this machine.
 *
 * @param region of every ARN, and {@code AWS::Region}
 * @param account of every ARN and queue address, and {@code AWS::AccountId}
 * @param queues the address of SQS
 * @param apis the address of each HTTP API by its logical id
 */
public record LocalAddresses(String region, String account, URI queues, Map<String, URI> apis) {

  public LocalAddresses {
    apis = Map.copyOf(apis);
  }

  /** Returns the address of a queue, in the form that emulators of SQS give it. */
  String queueUrl(String name) {
    return queues + "/" + account + "/" + name;
  }
}
