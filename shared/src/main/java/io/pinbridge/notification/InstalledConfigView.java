package io.pinbridge.notification;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinbridge.base.Json;
import io.pinbridge.directory.InstalledConfig;
import io.pinbridge.manifest.ConfigMerge;
import io.pinbridge.manifest.EffectiveConfig;
import io.pinbridge.manifest.InstallationConfig;

/** An installation's config as the contract shows it, in answers and in notifications. */
public final class InstalledConfigView {
  private InstalledConfigView() {}

  /** Returns the contract's {@code config}. */
  public static ObjectNode of(InstalledConfig config) {
    ObjectNode json = Json.object();
    json.put("id", config.id());
    json.put("revisionId", config.revision().value());
    json.put("createTime", config.createTime().toString());
    json.put("createdBy", config.createdBy());
    json.set(
        "content",
        ConfigMerge.shown(
            InstallationConfig.fromJson(Json.trusted(config.choice())),
            EffectiveConfig.fromText(config.effective())));
    return json;
  }
}
