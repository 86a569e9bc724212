package io.pinferry.local.cloud;

/**
 * The context class loader of the threads of a function. It sees the classes of the function's
 * package, and says which log the function writes to.
 */
final class FunctionLoader extends ClassLoader {
  static {
    registerAsParallelCapable();
  }

  private final FunctionLog log;

  FunctionLoader(String function, FunctionClasses classes, FunctionLog log) {
    super("function-" + function, classes);
    this.log = log;
  }

  FunctionLog log() {
    return log;
  }
}
