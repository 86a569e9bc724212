package io.pinferry.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Says where host names lead, for the whole process of this module's tests: the build gives the JDK
 * a file in place of DNS, which the JDK reads at each look-up and remembers nothing of. Functions
 * that run in the process look names up there, too.
 */
final class HostsFile {
  private static final String PROPERTY = "jdk.net.hosts.file";

  private HostsFile() {}

  /** Lets names lead to addresses from now on, in place of those that they led to. */
  static synchronized void put(Map<String, List<String>> addresses) throws IOException {
    String given = System.getProperty(PROPERTY);
    if (given == null) {
      throw new IllegalStateException(
          "start the tests with Maven, or with -D"
              + PROPERTY
              + "=FILE -Dsun.net.inetaddr.ttl=0 and a copy of src/test/resources/hosts");
    }
    Path file = Path.of(given);
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file, UTF_8)) {
      if (addresses.keySet().stream().noneMatch(name -> line.endsWith(" " + name))) {
        lines.add(line);
      }
    }
    addresses.forEach((name, each) -> each.forEach(one -> lines.add(one + " " + name)));
    // Others look names up meanwhile.
    Path next = file.resolveSibling("hosts.next");
    Files.write(next, lines, UTF_8);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
