package io.pinferry.directory;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.pinferry.base.Digest;
import java.time.Instant;

/**
 * A route of the notifications of a topic to a destination.
 *
 * @param id follows from the topic and the destination, so there is one route for both
 */
public record TopicDestinationRoute(
    String id,
    @JsonProperty("projectId") ProjectId project,
    @JsonProperty("topicId") TopicId topic,
    @JsonProperty("destinationId") DestinationId destination,
    Instant createTime) {

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
