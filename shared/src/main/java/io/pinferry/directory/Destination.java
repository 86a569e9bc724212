package io.pinferry.directory;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An address for records and notifications.
 *
 * @param name unique in the project; manifests and configs refer to it
 * @param secretName the name of its signing keys and header values in the {@link SecretStore}
 * @param updateTime when it last changed, null if never
 * @param trouble its fault, null if none is known
 */
public record Destination(
    DestinationId id,
    @JsonProperty("projectId") ProjectId project,
    String name,
    Target target,
    String secretName,
    Instant createTime,
    @Nullable Instant updateTime,
    @Nullable DestinationTrouble trouble) {

  /** Letters, digits, dashes, and underscores, which older manifests use. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /** The kinds of destinations, without their secrets. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes(@JsonSubTypes.Type(value = Webhook.class, name = Webhook.TYPE))
  public sealed interface Target {
    /** Returns the contract's word. */
    String type();
  }

  /**
   * A URL that signed messages are posted to.
   *
   * @param url the text of the request; it has passed {@link DestinationRules}
   */
  public record Webhook(String url) implements Target {
    public static final String TYPE = "webhook";

    @Override
    public String type() {
      return TYPE;
    }
  }

  /** Returns the destination with another trouble, null for none. */
  public Destination with(@Nullable DestinationTrouble other) {
    return new Destination(id, project, name, target, secretName, createTime, updateTime, other);
  }

  /**
   * Returns whether the text can be the name of a destination. A text that looks like an id cannot.
   */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches() && !Ids.isUuid(text);
  }
}
