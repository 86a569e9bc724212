package io.pinferry.notification;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Codec;
import io.pinferry.directory.InstalledConfig;
import io.pinferry.manifest.ConfigMerge;

/** Makes the contract's {@code config} of an installation, for answers and notifications. */
public final class InstalledConfigView {
  private InstalledConfigView() {}

  public static ObjectNode of(InstalledConfig config) {
    ObjectNode json = Codec.tree(config).retain("id", "revisionId", "createTime", "createdBy");
    json.set("content", ConfigMerge.shown(config.choice(), config.effective()));
    return json;
  }
}
