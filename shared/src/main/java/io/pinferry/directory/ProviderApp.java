package io.pinferry.directory;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The product's own app at the provider. Customers grant access to this app.
 *
 * @param clientId the provider's id of the app; no secret
 * @param scopes the requested scopes, in this order
 * @param externalRef another id of the provider, null if none was given
 * @param secretName the name of the client secret in the {@link SecretStore}
 * @param updateTime when it last changed, null if never
 */
public record ProviderApp(
    ProviderAppId id,
    @JsonProperty("projectId") ProjectId project,
    String provider,
    String clientId,
    List<String> scopes,
    @Nullable String externalRef,
    Metadata metadata,
    String secretName,
    Instant createTime,
    @Nullable Instant updateTime) {

  public ProviderApp {
    scopes = List.copyOf(scopes);
  }

  /**
   * Further parameters for the provider.
   *
   * @param authQueryParams parameters added to the authorize URL, each with its values
   * @param providerParams stored for the product; Pinferry does not use them
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record Metadata(
      Map<String, List<String>> authQueryParams, Map<String, String> providerParams) {
    public static final Metadata NONE = new Metadata(Map.of(), Map.of());

    public Metadata {
      authQueryParams = Collections.unmodifiableMap(new LinkedHashMap<>(authQueryParams));
      providerParams = Collections.unmodifiableMap(new LinkedHashMap<>(providerParams));
    }
  }
}
