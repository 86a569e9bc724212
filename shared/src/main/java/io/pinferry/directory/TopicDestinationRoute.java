package io.pinferry.directory;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.pinferry.base.Digest;
import java.time.Instant;

/**
 * Leads a topic's notifications to a destination.
 *
 * @param id follows from what it joins, so there is one route of a kind
 */
public record TopicDestinationRoute(
    String id,
    @JsonProperty("projectId") ProjectId project,
    @JsonProperty("topicId") TopicId topic,
    @JsonProperty("destinationId") DestinationId destination,
    Instant createTime) {

  /** A new route. */
  public static TopicDestinationRoute of(
      ProjectId project, TopicId topic, DestinationId destination, Instant now) {
    return new TopicDestinationRoute(
        Digest.of("topic-destination-route", project.value(), topic.value(), destination.value())
            .uuid(),
        project,
        topic,
        destination,
        now);
  }
}
