package io.pinferry.local.cli;

import io.pinferry.base.LocalMode;
import io.pinferry.local.loopback.Loopback;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Checks the values of options before anything starts. */
final class Checks {
  private Checks() {}

  /** Checks an address with nothing behind its port but a slash, and returns it without that. */
  static @Nullable URI address(String option, @Nullable URI value) {
    if (value == null) {
      return null;
    }
    String scheme = String.valueOf(value.getScheme());
    String path = String.valueOf(value.getRawPath());
    if (!(scheme.equals("https") || scheme.equals("http")) || value.getHost() == null) {
      throw wrong(option, "must be an address such as https://api.pinterest.com", value);
    }
    if (!(path.isEmpty() || path.equals("/"))
        || value.getRawQuery() != null
        || value.getRawFragment() != null) {
      throw wrong(option, "must end after its host or port, without a path", value);
    }
    return URI.create(scheme + "://" + value.getRawAuthority());
  }

  /**
   * Checks the address of an emulator. Only with a literal address of this computer do functions
   * permit webhooks and a Pinterest on this computer.
   */
  static @Nullable URI awsEndpoint(String option, @Nullable URI value) {
    URI checked = address(option, value);
    if (checked == null) {
      return null;
    }
    URI literal =
        checked.getHost().equals("localhost")
            ? URI.create(checked.toString().replaceFirst("//localhost", "//" + Loopback.HOST))
            : checked;
    if (!LocalMode.isLoopback(literal.toString())) {
      throw wrong(option, "must be on this computer, such as http://127.0.0.1:5000", checked);
    }
    return literal;
  }

  /** Checks an address that others can reach. */
  static @Nullable URI publicUrl(String option, @Nullable URI value) {
    URI checked = address(option, value);
    if (checked != null && !checked.getScheme().equals("https")) {
      throw wrong(option, "must begin with https://", checked);
    }
    return checked;
  }

  /** Checks a file that is written later. */
  static void newFile(String option, @Nullable Path value) {
    if (value == null) {
      return;
    }
    Path folder = value.toAbsolutePath().getParent();
    if (Files.isDirectory(value)) {
      throw wrong(option, "must be a file, but is a folder", value);
    }
    if (folder == null || !Files.isDirectory(folder)) {
      throw wrong(option, "must be in a folder that exists", value);
    }
    if (!Files.isWritable(Files.exists(value) ? value : folder)) {
      throw wrong(option, "cannot be written", value);
    }
  }

  /** Checks a folder that is made if it does not exist. */
  static void folder(String option, @Nullable Path value) {
    if (value != null && Files.exists(value) && !Files.isDirectory(value)) {
      throw wrong(option, "must be a folder", value);
    }
    if (value != null && Files.exists(value) && !Files.isWritable(value)) {
      throw wrong(option, "cannot be written", value);
    }
  }

  /** Checks a number that must not be negative. */
  static void count(String option, @Nullable Integer value) {
    if (value != null && value < 0) {
      throw wrong(option, "must not be negative", value);
    }
  }

  private static IllegalArgumentException wrong(String option, String rule, Object value) {
    return new IllegalArgumentException("%s %s: %s".formatted(option, rule, value));
  }
}
