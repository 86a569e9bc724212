package io.pinferry.directory;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * A key of a project. Its text is shown once, when the key is made, and is not stored.
 *
 * @param id identifies the key after its creation
 * @param sha256 the hash of the key's text, in lower-case hexadecimal
 * @param label for people
 * @param active whether it is accepted now
 */
public record ApiKey(
    ApiKeyId id,
    @JsonProperty("projectId") ProjectId project,
    String sha256,
    String label,
    Set<Scope> scopes,
    boolean active,
    Instant createTime) {

  /** The beginning of every key, by which a leaked key can be recognised. */
  public static final String PREFIX = "pfk_";

  /** 256 bits: a key cannot be guessed or found from its hash. */
  public static final int SECRET_BYTES = 32;

  public static final int LABEL_LENGTH_MAX = 128;

  public ApiKey {
    scopes = Collections.unmodifiableSet(new TreeSet<>(scopes));
  }

  /** The permissions of a key. */
  public enum Scope {
    /** Everything within its project. */
    FULL,
    /** The calls of the embedded component, always for one named group. */
    FRONTEND;

    /** Returns the contract's word. */
    @JsonValue
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
