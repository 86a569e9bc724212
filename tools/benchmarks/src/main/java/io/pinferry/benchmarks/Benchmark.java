package io.pinferry.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.List;

/** Measures one budget. */
interface Benchmark {
  /** Returns what is compared with what, for people. */
  String compares();

  /**
   * Measures.
   *
   * @param out takes what people may want to know meanwhile
   * @return at least one goal
   * @throws Exception if it cannot be measured
   */
  List<Goal> measure(PrintStream out) throws Exception;

  /** Returns what was measured one by one, after {@link #measure}; empty if the goals say all. */
  default List<ObjectNode> rows() {
    return List.of();
  }
}
