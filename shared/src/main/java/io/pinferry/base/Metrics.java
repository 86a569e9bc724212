package io.pinferry.base;

/** Takes the values of metrics. It never fails and never waits. */
@FunctionalInterface
public interface Metrics {
  /** Adds a value, in the unit of the metric. */
  void add(Metric metric, long value);
}
