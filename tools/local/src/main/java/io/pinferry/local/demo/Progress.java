package io.pinferry.local.demo;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how far each object is: bars in a terminal, else a line when an object has moved. */
sealed interface Progress extends AutoCloseable {
  /** Shows that so many records of an object have arrived, of so many. */
  void show(String object, long arrived, long expected);

  @Override
  void close();

  /**
   * Returns the kind that suits where the output goes.
   *
   * @param terminal whether a person looks at it in a terminal
   */
  static Progress to(PrintStream out, boolean terminal) {
    return terminal ? new Bars(out) : new Lines(out);
  }

  /** A bar per object. */
  final class Bars implements Progress {
    private final PrintStream out;
    private final Map<String, ProgressBar> bars = new LinkedHashMap<>();

    private Bars(PrintStream out) {
      this.out = out;
    }

    @Override
    public void show(String object, long arrived, long expected) {
      bars.computeIfAbsent(
              object,
              _ ->
                  new ProgressBarBuilder()
                      .setTaskName(String.format("%-14s", object))
                      .setInitialMax(Math.max(expected, 1))
                      .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                      .setConsumer(new me.tongfei.progressbar.ConsoleProgressBarConsumer(out))
                      .setUpdateIntervalMillis(200)
                      .hideEta()
                      .build())
          .stepTo(expected == 0 ? 1 : arrived);
    }

    @Override
    public void close() {
      bars.values().forEach(ProgressBar::close);
    }
  }

  /** A line whenever an object is another tenth further. */
  final class Lines implements Progress {
    private final PrintStream out;
    private final Map<String, Long> shownTenth = new LinkedHashMap<>();

    private Lines(PrintStream out) {
      this.out = out;
    }

    @Override
    public void show(String object, long arrived, long expected) {
      long tenth = expected == 0 ? 10 : Math.min(arrived * 10 / expected, 10);
      Long shown = shownTenth.put(object, tenth);
      if (shown == null ? tenth > 0 : tenth > shown) {
        out.printf("  %-14s %,9d of %,d%n", object, arrived, expected);
      }
    }

    @Override
    public void close() {
      // Lines are finished as they are written.
    }
  }
}
