package io.pinferry.notification;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.directory.InstalledConfig;
import io.pinferry.manifest.ConfigMerge;

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
    json.set("content", ConfigMerge.shown(config.choice(), config.effective()));
    return json;
  }
}
