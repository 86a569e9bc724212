package io.pinferry.functions.schedule;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.pinferry.aws.AwsFunction;
import io.pinferry.delivery.NotificationRelay;
import io.pinferry.timer.TimerTick;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Fires the timers that are due, and sends the notifications that wait, every minute. */
public final class ScheduleHandler implements RequestStreamHandler {
  private final Parts parts;

  private record Parts(AwsFunction function, TimerTick tick, NotificationRelay relay) {
    Parts(AwsFunction function) {
      this(function, function.assembly().timerTick(), function.assembly().notificationRelay());
    }
  }

  /** Lambda calls this once; a wrong setting fails here, as an init error. */
  public ScheduleHandler() {
    this(System.getenv());
  }

  public ScheduleHandler(Map<String, String> environment) {
    this.parts = AwsFunction.build("schedule", environment, Parts::new);
  }

  /** The event says nothing that the tables do not say. */
  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    parts.function().run(context, () -> handle(answer));
  }

  private void handle(OutputStream answer) throws IOException {
    List<Callable<Integer>> both = List.of(parts.tick()::run, parts.relay()::run);
    List<Integer> counts = parts.function().tasks().all(both);
    answer.write(
        ("{\"fired\":" + counts.getFirst() + ",\"notifications\":" + counts.getLast() + "}")
            .getBytes(UTF_8));
  }
}
