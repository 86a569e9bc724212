package io.pinferry.delivery;

import io.pinferry.directory.ProjectId;
import java.time.Instant;

/**
 * A message that could not be delivered, without its body.
 *
 * @param messageId the id of the message, also when it is sent again
 * @param destination the destination's name at that time
 * @param reason the reason of the failure, in words for a person
 * @param at the time of the last attempt
 */
public record DeadLetter(
    String messageId,
    ProjectId project,
    DeliveryMessage.Content content,
    String destination,
    String reason,
    Instant at) {}
