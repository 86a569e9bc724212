package io.pinferry.pinterest;

import static io.pinferry.net.UriText.encode;

import java.util.Map;

/**
 * A GET of Pinterest for one record by its id.
 *
 * @param path from the version on, with {@code {id}} for the id
 * @param ofAdAccount whether a record of another owner is asked for with that owner's {@code
 *     ad_account_id}
 * @see <a href="https://developers.pinterest.com/docs/api/v5/">Pinterest API v5</a>
 */
public record RecordCall(String path, boolean ofAdAccount) {
  private static final String AD_ACCOUNT = "ad_account_id";

  /** Returns whose quota a request takes from. */
  public RateCategory category() {
    return RateCategory.of("GET", path);
  }

  /**
   * Returns path and query of a request.
   *
   * @param parameters the parameters of the list that had the record
   */
  public String pathAndQuery(String id, Map<String, String> parameters) {
    String filled = path.replace("{id}", encode(id));
    String adAccount = parameters.get(AD_ACCOUNT);
    return ofAdAccount && adAccount != null
        ? filled + "?" + AD_ACCOUNT + "=" + encode(adAccount)
        : filled;
  }
}
