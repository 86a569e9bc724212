package io.pinferry.directory;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where records go.
 *
 * @param name unique in the project; manifests and configs refer to it
 * @param secretName where its signing keys and header values are kept; see {@code
 *     io.pinferry.directory.SecretStore}
 * @param updateTime when it last changed, null if never
 * @param trouble what is wrong with it, null if nothing is known
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

  /** Letters, digits, dashes; we also take underscores, which older manifests use. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /** The kinds of destinations, each with what is not secret about it. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes(@JsonSubTypes.Type(value = Webhook.class, name = Webhook.TYPE))
  public sealed interface Target {
    /** Returns the contract's word for the kind. */
    String type();
  }

  /**
   * Records are posted to a URL, signed.
   *
   * @param url as it was given; it has passed {@link DestinationRules}
   */
  public record Webhook(String url) implements Target {
    public static final String TYPE = "webhook";

    @Override
    public String type() {
      return TYPE;
    }
  }

  /** Returns the same destination with this trouble, null for none. */
  public Destination with(@Nullable DestinationTrouble other) {
    return new Destination(id, project, name, target, secretName, createTime, updateTime, other);
  }

  /** Returns whether the text can name a destination. A text that looks like an id cannot. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches() && !Ids.isUuid(text);
  }
}
