package io.pinferry.directory;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The product's own app at the provider: under its name customers grant access.
 *
 * @param clientId the provider's id of the app, no secret
 * @param scopes what customers are asked for, in this order
 * @param externalRef another id of the provider's, null if none was given
 * @param secretName where the client secret is kept; see {@code io.pinferry.connection.SecretStore}
 * @param updateTime when it last changed, null if never
 */
public record ProviderApp(
    ProviderAppId id,
    ProjectId project,
    String provider,
    String clientId,
    List<String> scopes,
    @Nullable String externalRef,
    Metadata metadata,
    String secretName,
    Instant createTime,
    @Nullable Instant updateTime) {

  // Not the compact form: javac loses the parameters' nullness in it.
  public ProviderApp(
      ProviderAppId id,
      ProjectId project,
      String provider,
      String clientId,
      List<String> scopes,
      @Nullable String externalRef,
      Metadata metadata,
      String secretName,
      Instant createTime,
      @Nullable Instant updateTime) {
    this.id = id;
    this.project = project;
    this.provider = provider;
    this.clientId = clientId;
    this.scopes = List.copyOf(scopes);
    this.externalRef = externalRef;
    this.metadata = metadata;
    this.secretName = secretName;
    this.createTime = createTime;
    this.updateTime = updateTime;
  }

  /**
   * What else the provider wants to be told.
   *
   * @param authQueryParams parameters added to the authorize URL, each with its values
   * @param providerParams kept for the product, without a meaning here
   */
  public record Metadata(
      Map<String, List<String>> authQueryParams, Map<String, String> providerParams) {
    public static final Metadata NONE = new Metadata(Map.of(), Map.of());

    public Metadata {
      authQueryParams = Map.copyOf(authQueryParams);
      providerParams = Map.copyOf(providerParams);
    }
  }
}
