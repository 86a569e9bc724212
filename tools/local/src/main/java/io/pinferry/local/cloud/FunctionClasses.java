package io.pinferry.local.cloud;

import java.net.URL;
import java.net.URLClassLoader;

/**
 * Loads a function's own code and libraries, and from this process nothing but the JDK and Lambda's
 * interfaces, as the managed runtime does. Libraries of the embedded cloud therefore cannot hide
 * one that a function's package lacks.
 */
final class FunctionClasses extends URLClassLoader {

  private static final String RUNTIME_API = "com.amazonaws.services.lambda.runtime.";

  static {
    registerAsParallelCapable();
  }

  FunctionClasses(URL[] urls) {
    super("function-classes", urls, new RuntimeApi());
  }

  private static final class RuntimeApi extends ClassLoader {

    static {
      registerAsParallelCapable();
    }

    private RuntimeApi() {
      super("lambda-runtime", ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (name.startsWith(RUNTIME_API)) {
        return FunctionClasses.class.getClassLoader().loadClass(name);
      }
      throw new ClassNotFoundException(name);
    }
  }
}
