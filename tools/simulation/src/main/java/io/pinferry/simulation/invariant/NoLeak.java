package io.pinferry.simulation.invariant;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.Codec;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.operation.OperationEnd;
import io.pinferry.simulation.kernel.Journal;
import java.util.regex.Pattern;

/**
 * no-leak: no token, app secret, signing key or API key is in a log, a queue, an operation or a
 * URL. Checked at each text that leaves a process or is stored outside of the secrets.
 */
public final class NoLeak implements Invariant {
  private final Journal journal;

  /** Access and refresh tokens of the simulated Pinterest, signing keys, API keys, app secrets. */
  private final Pattern secret;

  /**
   * @param appSecret the secret of the apps at Pinterest
   */
  public NoLeak(Journal journal, String appSecret) {
    this.journal = journal;
    this.secret = Pattern.compile("pin[ar]_[A-Za-z0-9]|whsec_|pfk_|" + Pattern.quote(appSecret));
  }

  @Override
  public void on(Event event) {
    switch (event) {
      case Event.Text(String place, String text) -> check(place, text);
      case Event.MessageSend(DeliveryMessage message) ->
          check("a delivery message", new String(message.body(), UTF_8));
      case Event.OperationStart(var operation) ->
          check("an operation", Codec.text(operation.work()));
      case Event.OperationFinish(_, OperationEnd end) ->
          check("an operation's end", end.toString());
      default -> {}
    }
  }

  private void check(String place, String text) {
    if (secret.matcher(text).find()) {
      journal.violation("no-leak", "a secret in " + place);
    }
  }
}
