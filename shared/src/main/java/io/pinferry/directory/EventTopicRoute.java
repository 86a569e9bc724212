package io.pinferry.directory;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.pinferry.base.Digest;
import java.time.Instant;

/**
 * A route of notifications of a type to a topic.
 *
 * @param id follows from the type and the topic, so there is one route for both
 */
public record EventTopicRoute(
    String id,
    @JsonProperty("projectId") ProjectId project,
    NotificationType eventType,
    @JsonProperty("topicId") TopicId topic,
    Instant createTime) {

  public static EventTopicRoute of(
      ProjectId project, NotificationType eventType, TopicId topic, Instant now) {
    return new EventTopicRoute(
        Digest.of("event-topic-route", project.value(), eventType.text(), topic.value()).uuid(),
        project,
        eventType,
        topic,
        now);
  }
}
