package io.pinferry.local.demo;

import java.io.PrintStream;

/** The result of a demonstration. */
public sealed interface Report permits ChangesReport, DemoReport, WriteReport {
  /** Returns whether all is as it should be. */
  boolean ok();

  /** Returns the report for programs. */
  String toJson();

  /** Prints the report for people. */
  void print(PrintStream out);
}
