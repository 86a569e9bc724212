package io.pinbridge.base;

/** Counts what operators watch. Names and units are stable: alarms are built on them. */
public interface Metrics {
  /** Units as CloudWatch knows them. */
  enum Unit {
    COUNT,
    MILLISECONDS,
    BYTES
  }

  void add(String name, double value, Unit unit);

  /** Sends what was added; called once at the end of an invocation. */
  void flush();

  /** Returns metrics that go nowhere, for code whose metrics nobody reads. */
  static Metrics none() {
    return new Metrics() {
      @Override
      public void add(String name, double value, Unit unit) {}

      @Override
      public void flush() {}
    };
  }
}
