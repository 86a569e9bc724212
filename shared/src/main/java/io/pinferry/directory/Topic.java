package io.pinferry.directory;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A link between types of notifications and destinations. Routes lead to it and from it.
 *
 * @param name unique in the project
 * @param updateTime when it last changed, null if never
 */
public record Topic(
    TopicId id,
    @JsonProperty("projectId") ProjectId project,
    String name,
    Instant createTime,
    @Nullable Instant updateTime) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9-]{1,64}");

  /** Returns whether the text can be the name of a topic: at most 64 letters, digits and dashes. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }
}
