package io.pinferry.directory;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/**
 * A public key of a project. The holder of the private key vouches for the project's customers.
 *
 * @param label for people
 * @param publicKeyPem in the form of {@link RsaPublicKeys#pem}
 * @param active whether its JWTs are accepted now
 * @param updateTime when it last changed, its creation if never
 */
public record JwtKey(
    JwtKeyId id,
    @JsonProperty("projectId") ProjectId project,
    String label,
    String publicKeyPem,
    boolean active,
    Instant createTime,
    Instant updateTime) {
  /** Source: the contract's CreateJWTKeyRequest. */
  public static final int LABEL_LENGTH_MAX = 255;
}
