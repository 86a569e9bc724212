package io.pinferry.aws;

import com.amazonaws.services.lambda.runtime.Context;
import io.pinferry.base.Metric;
import io.pinferry.base.Metrics;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import software.amazon.cloudwatchlogs.emf.config.EnvironmentConfigurationProvider;
import software.amazon.cloudwatchlogs.emf.environment.Environments;
import software.amazon.lambda.powertools.metrics.MetricsFactory;
import software.amazon.lambda.powertools.metrics.model.MetricUnit;

/**
 * Collects the values of an invocation, and writes them through Powertools as one line in
 * CloudWatch's embedded metric format at its end.
 */
final class PowertoolsMetrics implements Metrics {
  /** The namespace of the metrics in CloudWatch; the dimension {@code Service} is the stack. */
  private static final String NAMESPACE = "Pinferry";

  /** The most values of a metric in one line. */
  private static final int VALUES_MAX = 100;

  private final software.amazon.lambda.powertools.metrics.Metrics powertools;
  private final Map<Metric, List<Long>> values = new EnumMap<>(Metric.class);

  PowertoolsMetrics() {
    // Without it the library asks the network whether it runs on a server.
    EnvironmentConfigurationProvider.getConfig().setEnvironmentOverride(Environments.Lambda);
    this.powertools = MetricsFactory.getMetricsInstance();
    powertools.setNamespace(NAMESPACE);
  }

  @Override
  public synchronized void add(Metric metric, long value) {
    List<Long> before = values.computeIfAbsent(metric, _ -> new ArrayList<>());
    if (metric.unit() == Metric.Unit.COUNT && !before.isEmpty()) {
      before.set(0, before.getFirst() + value);
    } else if (before.size() < VALUES_MAX) {
      before.add(value);
    }
  }

  /** Writes that the environment is new, once. */
  void coldStart(Context context) {
    powertools.captureColdStartMetric(context);
  }

  /** Writes the values so far, and forgets them. */
  synchronized void flush(String requestId) {
    if (values.isEmpty()) {
      return;
    }
    powertools.flushMetrics(
        line -> {
          line.addMetadata("function_request_id", requestId);
          values.forEach(
              (metric, numbers) ->
                  numbers.forEach(
                      number -> line.addMetric(metric.text(), number, unit(metric.unit()))));
        });
    values.clear();
  }

  private static MetricUnit unit(Metric.Unit unit) {
    return switch (unit) {
      case COUNT -> MetricUnit.COUNT;
      case MILLISECONDS -> MetricUnit.MILLISECONDS;
    };
  }
}
