package io.pinferry.local.repository;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import io.pinferry.local.RepositoryRoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Holds every Java file to google-java-format. {@code mvn -B test -pl tools/local -am
 * -Dtest=FormattingTest -Dsurefire.failIfNoSpecifiedTests=false -Dpinferry.format=write} rewrites
 * the files instead. A test and not a plugin: plugins run in Maven's own JVM, which may be too old
 * to parse these sources.
 */
final class FormattingTest {
  @Test
  void everySourceIsFormatted() {
    boolean write = "write".equals(System.getProperty("pinferry.format"));
    List<Path> sources = Repository.files(file -> Repository.name(file).endsWith(".java"));
    List<Path> unformatted =
        sources.parallelStream().filter(source -> !format(source, write)).toList();

    assertThat(sources).as("Java files of the repository").isNotEmpty();
    assertThat(unformatted)
        .as("files that google-java-format would change; -Dpinferry.format=write changes them")
        .isEmpty();
  }

  /** Returns whether the file is formatted, afterwards. */
  private static boolean format(Path source, boolean write) {
    String text = Repository.read(source);
    String formatted;
    try {
      formatted = new Formatter().formatSourceAndFixImports(text);
    } catch (FormatterException e) {
      throw new IllegalStateException("cannot parse " + source, e);
    }
    if (text.equals(formatted)) {
      return true;
    }
    if (write) {
      try {
        Files.writeString(RepositoryRoot.find().resolve(source), formatted);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write " + source, e);
      }
    }
    return write;
  }
}
