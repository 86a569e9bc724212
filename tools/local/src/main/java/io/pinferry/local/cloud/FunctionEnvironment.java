package io.pinferry.local.cloud;

import java.util.OptionalLong;

/**
 * One execution environment of a function, which Lambda would run in a machine of its own. It takes
 * one invocation at a time and keeps its state between them.
 */
interface FunctionEnvironment extends AutoCloseable {

  /** Runs one invocation to its end or its deadline. Never throws. */
  InvocationResult invoke(Invocation invocation);

  /**
   * Returns whether another invocation may follow. An environment that ran out of time or lost its
   * process is thrown away, as Lambda does.
   */
  boolean usable();

  /** Returns the process that the environment is; empty when it has none of its own. */
  OptionalLong processId();

  /** Ends the environment; an invocation that still runs is stopped. */
  @Override
  void close();

  /** Starts environments of one function. */
  interface Factory {

    /**
     * Starts an environment: loads the code and builds the handler.
     *
     * @throws FunctionFailure when the code or its settings are wrong
     */
    FunctionEnvironment start() throws FunctionFailure;
  }
}
