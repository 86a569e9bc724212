package io.pinferry.management;

import io.pinferry.http.JsonBody;
import java.util.Set;

/** The ids of messages in a request. */
final class MessageIds {
  private static final String NAME = "messageIds";

  private MessageIds() {}

  /** Returns the ids; empty if the request names none. */
  static Set<String> of(JsonBody body, int countMax) {
    if (body.tree(NAME).filter(ids -> ids.isArray() && ids.isEmpty()).isPresent()) {
      body.issue(NAME, "is empty; leave it out for all messages");
    }
    return Set.copyOf(body.texts(NAME, countMax));
  }
}
