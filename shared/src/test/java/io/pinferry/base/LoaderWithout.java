package io.pinferry.base;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Defines our classes anew and notes what of a library they ask for. */
public final class LoaderWithout extends ClassLoader {
  private final String libraryPrefix;
  private final List<String> asked = new ArrayList<>();

  /**
   * @param libraryPrefix what the names of the library's classes begin with
   */
  public LoaderWithout(String libraryPrefix, ClassLoader parent) {
    super(parent);
    this.libraryPrefix = libraryPrefix;
  }

  /** Returns the library's classes that were asked for. */
  public List<String> asked() {
    return asked;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (name.startsWith(libraryPrefix)) {
      asked.add(name);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null || !name.startsWith("io.pinferry.")) {
        return loaded == null ? super.loadClass(name, resolve) : loaded;
      }
      try (InputStream file = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (file == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = file.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
