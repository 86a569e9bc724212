package io.pinferry.manifest;

import io.pinferry.base.Issue;
import io.pinferry.base.PinferryException.InvalidRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/**
 * Reads the manifest from a zip of the {@code amp} command line: one file {@code amp.yaml} or
 * {@code amp.yml} at its root. Other files are ignored. Nothing is written to disk. All the same, a
 * name that leads out of the zip or occurs twice is refused: it is a mistake or an attack.
 */
public final class ManifestZip {
  /** The largest zip. In Base64 it must fit into an item of DynamoDB (400 KB). */
  public static final int ZIP_BYTES_MAX = 256 * 1_024;

  /** The limit for all unpacked files together. It bounds the work for a zip bomb. */
  static final int UNPACKED_BYTES_MAX = 2 * 1_024 * 1_024;

  private static final Set<String> NAMES = Set.of("amp.yaml", "amp.yml");

  private ManifestZip() {}

  /**
   * Returns the text of the manifest.
   *
   * @param source the member of the request that has the zip, for issues
   * @throws InvalidRequest if the zip is unreadable or has the wrong content
   */
  public static String manifest(String source, byte[] zip) {
    var manifests = new LinkedHashMap<String, byte[]>();
    var names = new LinkedHashSet<String>();
    int left = UNPACKED_BYTES_MAX;
    try (var files = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (ZipEntry entry = files.getNextEntry(); entry != null; entry = files.getNextEntry()) {
        checkName(source, entry.getName(), names);
        byte[] unpacked = files.readNBytes(left + 1);
        if (unpacked.length > left) {
          throw refused(
              source, "unpacks to more than " + UNPACKED_BYTES_MAX + " bytes; zip only amp.yaml");
        }
        left -= unpacked.length;
        if (NAMES.contains(entry.getName())) {
          manifests.put(entry.getName(), unpacked);
        }
      }
    } catch (ZipException e) {
      throw refused(source, "is not a readable zip: " + e.getMessage());
    } catch (IOException | IllegalArgumentException e) {
      // The zip ends too early, or a name is unreadable.
      throw refused(source, "is not a readable zip");
    }
    if (names.isEmpty()) {
      throw refused(source, "is not a readable zip, or an empty one");
    }
    if (manifests.isEmpty()) {
      throw refused(source, missing(names));
    }
    if (manifests.size() > 1) {
      throw refused(source, "has both amp.yaml and amp.yml; keep one of them");
    }
    return text(source, manifests.values().iterator().next());
  }

  private static void checkName(String source, String name, Set<String> names) {
    if (!staysInside(name)) {
      throw refused(source, "has a file whose name leads out of the zip: " + Issue.clipped(name));
    }
    if (!names.add(name)) {
      throw refused(source, "has the file " + Issue.clipped(name) + " twice");
    }
  }

  private static boolean staysInside(String name) {
    if (name.isEmpty()
        || name.startsWith("/")
        || name.matches("[A-Za-z]:.*")
        || name.contains("\\")
        || name.chars().anyMatch(Character::isISOControl)) {
      return false;
    }
    return !List.of(name.split("/", -1)).contains("..");
  }

  private static String missing(Set<String> names) {
    return names.stream()
        .filter(name -> NAMES.contains(name.substring(name.lastIndexOf('/') + 1)))
        .findFirst()
        .map(
            name ->
                "has no amp.yaml at its root, but " + Issue.clipped(name) + "; zip the file itself")
        .orElse("has no amp.yaml or amp.yml");
  }

  private static String text(String source, byte[] manifest) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(manifest)).toString();
    } catch (CharacterCodingException e) {
      throw refused(source, "has an amp.yaml that is not text in UTF-8");
    }
  }

  private static InvalidRequest refused(String source, String detail) {
    return Issue.body(source, detail).unprocessable();
  }
}
