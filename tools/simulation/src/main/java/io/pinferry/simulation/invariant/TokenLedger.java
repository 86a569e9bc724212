package io.pinferry.simulation.invariant;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Secret;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The tokens that the simulated Pinterest has issued, in order, with their users. */
public final class TokenLedger {
  private static final String NOBODY = "nobody";

  /** By refresh token, and by access token as it stands in a header. */
  private final Map<String, Grant> grants = new HashMap<>();

  private final Map<String, String> customerOfRefreshToken = new HashMap<>();
  private final Map<String, String> customerOfAuthorization = new HashMap<>();
  private final Map<String, String> customerOfCode = new HashMap<>();
  private final Map<String, Issue> issueOfRefreshToken = new HashMap<>();

  /** The order of issue of each customer's newest pair. */
  private final Map<String, Integer> newest = new HashMap<>();

  /** Pairs, by order of issue, that came from a consent, not from a refresh. */
  private final Set<Integer> consented = new HashSet<>();

  /** Pairs, by order of issue, that a customer has revoked. */
  private final Set<Integer> revoked = new HashSet<>();

  /**
   * When a pair of tokens was issued.
   *
   * @param consent the order of the first pair of its consent
   * @param order of this pair, among all pairs
   */
  record Issue(int consent, int order) {
    /**
     * Returns whether it is wrong that this pair takes the place of another one. The pair of a new
     * consent may replace a pair that was refreshed just then; of two consents at the same time
     * either may win.
     */
    boolean isOlderThan(Issue other) {
      boolean refreshed = order != consent;
      return consent == other.consent ? order < other.order : refreshed && consent < other.consent;
    }
  }

  /** One consent with all tokens that come of it. */
  private static final class Grant {
    private final int consent;

    /** The Pinterest user, or the consent as long as Pinferry does not know the user. */
    private String owner;

    Grant(String customer, int consent) {
      this.consent = consent;
      this.owner = customer + ", consent " + consent;
    }
  }

  /** Notes that a customer has consented, and which code the customer brings back. */
  public void consented(String customer, String code) {
    customerOfCode.put(code, customer);
  }

  public String customerOfCode(String code) {
    return customerOfCode.getOrDefault(code, NOBODY);
  }

  public String customerOfRefreshToken(String token) {
    return customerOfRefreshToken.getOrDefault(token, NOBODY);
  }

  public String customerOf(String authorization) {
    return customerOfAuthorization.getOrDefault(authorization, NOBODY);
  }

  /**
   * Notes that Pinterest has issued a pair of tokens.
   *
   * @param tokens the answer
   * @param refreshToken the refresh token that it was issued for; null for the code of a consent
   */
  public void issued(String customer, JsonNode tokens, @Nullable String refreshToken) {
    int order = issueOfRefreshToken.size() + 1;
    Grant grant = refreshToken == null ? null : grants.get(refreshToken);
    if (grant == null) {
      grant = new Grant(customer, order);
    }
    if (refreshToken == null) {
      consented.add(order);
    }
    String refresh = tokens.path("refresh_token").asText();
    String authorization = "Bearer " + tokens.path("access_token").asText();
    grants.put(refresh, grant);
    grants.put(authorization, grant);
    customerOfRefreshToken.put(refresh, customer);
    customerOfAuthorization.put(authorization, customer);
    newest.put(customer, order);
    issueOfRefreshToken.put(refresh, new Issue(grant.consent, order));
  }

  /** Notes that Pinferry has learned the Pinterest user of a token. */
  public void identified(String authorization, String userId) {
    Grant grant = grants.get(authorization);
    if (grant != null) {
      grant.owner = customerOf(authorization) + ", user " + userId;
    }
  }

  /** Notes that a customer has removed the app, which revokes the newest tokens. */
  public void revoked(String customer) {
    revoked.add(newestOf(customer));
  }

  /** Returns the owner of the limits that a request counts in, as far as Pinferry knows. */
  public String owner(String authorization) {
    Grant grant = grants.get(authorization);
    return grant == null ? NOBODY : grant.owner;
  }

  /** Returns the order of issue of a customer's newest pair; 0 if there is none. */
  int newestOf(String customer) {
    return newest.getOrDefault(customer, 0);
  }

  /**
   * Returns whether Pinferry should still have a pair. The customer sees an error page if the pair
   * of a consent was not stored, so that pair may be lost.
   */
  boolean shouldBeKept(int order) {
    return !revoked.contains(order) && !consented.contains(order);
  }

  /** Returns when the pair in a secret was issued; empty if there is none in it. */
  Optional<Issue> issueOf(Secret secret) {
    return issueOfRefreshToken.entrySet().stream()
        .filter(token -> secret.value().contains(token.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }
}
