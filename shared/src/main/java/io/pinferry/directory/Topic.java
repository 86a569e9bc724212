package io.pinferry.directory;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The link between types of notifications and destinations: routes lead to it and from it.
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

  /** Returns whether the text can name a topic: letters, digits and dashes, at most 64. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }
}
