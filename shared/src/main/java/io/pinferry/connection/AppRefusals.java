package io.pinferry.connection;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Log;
import io.pinferry.base.Metric;
import io.pinferry.directory.ProviderApp;
import io.pinferry.directory.ProviderAppRepository;
import io.pinferry.notification.Notification;
import io.pinferry.notification.Outbox;
import java.time.Instant;

/**
 * Notes that Pinterest refuses a provider app. That is the operator's matter: connections stay as
 * they are, and all of them go on by themselves once Pinterest accepts the app again.
 */
final class AppRefusals {
  static final String REMEDY =
      "set the clientId and clientSecret of the provider app to those of the app at Pinterest;"
          + " then reads and asynchronous writes go on by themselves";

  private AppRefusals() {}

  /** Forgets a refusal, as far as the store lets it. The tokens that came instead must not fail. */
  static void forget(ProviderAppRepository apps, ProviderApp app, Log log) {
    try {
      apps.forgetRefusal(app);
    } catch (RuntimeException e) {
      log.warn("the refusal of a provider app is not forgotten", e, field("providerApp", app.id()));
    }
  }

  /** Notifies once a week at most, until the app is accepted or changed. */
  static void note(
      ProviderAppRepository apps, ProviderApp app, String message, Instant now, Log log) {
    log.count(Metric.PROVIDER_APP_REFUSED);
    boolean first =
        apps.noteRefusal(app, now, Outbox.put(Notification.ofProviderApp(app, message, now), now));
    if (first) {
      log.warn(
          "Pinterest refuses a provider app",
          field("project", app.project()),
          field("providerApp", app.id()),
          field("answer", message));
    }
  }
}
