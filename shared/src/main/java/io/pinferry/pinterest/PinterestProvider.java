package io.pinferry.pinterest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;

/**
 * Pinterest in the contract's form of a provider: how to connect an account, and what Pinferry can
 * do with it. The published component chooses its form by it.
 */
public final class PinterestProvider {
  private PinterestProvider() {}

  /** Returns the description. */
  public static ObjectNode info() {
    ObjectNode json = Json.object();
    json.put("name", PinterestOauth.PROVIDER);
    json.put("displayName", "Pinterest");
    json.put("authType", "oauth2");
    json.put("baseURL", "https://api.pinterest.com");
    json.put("defaultModule", "");
    ObjectNode oauth = json.putObject("oauth2Opts");
    oauth.put("grantType", "authorizationCode");
    oauth.put("authURL", "https://www.pinterest.com/oauth");
    oauth.put("tokenURL", "https://api.pinterest.com/v5/oauth/token");
    // Pinterest grants only scopes that were requested.
    oauth.put("explicitScopesRequired", true);
    oauth.put("explicitWorkspaceRequired", false);
    oauth.putObject("tokenMetadataFields").put("scopesField", "scope");
    ObjectNode support = json.putObject("support");
    ObjectNode bulkWrite = support.putObject("bulkWrite");
    bulkWrite.put("insert", false);
    bulkWrite.put("update", false);
    bulkWrite.put("upsert", false);
    bulkWrite.put("delete", false);
    support.put("read", true);
    support.put("write", true);
    support.put("delete", true);
    support.put("proxy", true);
    support.put("subscribe", false);
    // The contract has dropped it, but published clients refuse the answer without it.
    json.putObject("providerOpts");
    support.putObject("search").putObject("operators").put("equals", false);
    return json;
  }
}
