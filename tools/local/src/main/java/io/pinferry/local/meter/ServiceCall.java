package io.pinferry.local.meter;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A call that a function made to a service of AWS.
 *
 * @param function its logical id in template.yaml
 * @param operation as the service names it, PutItem for example
 * @param request the body
 * @param requestBytes the size of the body
 * @param answer the body; empty if it had none
 */
public record ServiceCall(
    String function,
    Service service,
    String operation,
    JsonNode request,
    int requestBytes,
    JsonNode answer) {
  /** A service that functions call. */
  public enum Service {
    DYNAMODB,
    SQS,
    SECRETS_MANAGER,
    KMS
  }
}
