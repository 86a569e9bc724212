package io.pinferry.delivery;

import io.pinferry.directory.ProjectId;
import java.time.Instant;

/**
 * A message that was refused to the last, without what it holds.
 *
 * @param messageId under which it is delivered when it is sent again
 * @param destination the destination's name at that time
 * @param reason why it was given up, in words for a person
 * @param at when it was given up
 */
public record DeadLetter(
    String messageId,
    ProjectId project,
    DeliveryMessage.Content content,
    String destination,
    String reason,
    Instant at) {}
