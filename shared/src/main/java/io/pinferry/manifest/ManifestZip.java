package io.pinferry.manifest;

import io.pinferry.base.Issue;
import io.pinferry.base.PinferryException.InvalidRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/**
 * Takes the manifest out of a zip, as the {@code amp} command line packs it: one file {@code
 * amp.yaml} or {@code amp.yml} at its root, and perhaps others, which are not looked at. Nothing is
 * written to a disk. What has no place in such a zip is refused even where it could do no harm: it
 * was made by mistake, or to deceive.
 */
public final class ManifestZip {
  /** The largest zip; its text in base64 has to fit into an item of DynamoDB (400 KB). */
  public static final int ZIP_BYTES_MAX = 256 * 1_024;

  static final int ENTRIES_MAX = 100;

  /** All files of a zip together, unpacked. This bounds the work, whatever they shrank to. */
  static final int UNPACKED_BYTES_MAX = 2 * 1_024 * 1_024;

  private static final Set<String> NAMES = Set.of("amp.yaml", "amp.yml");

  private ManifestZip() {}

  /**
   * Returns the text of the manifest.
   *
   * @param source the member of the request that named the zip, to be named where it is refused
   * @throws InvalidRequest if the zip cannot be read or is not as it should be
   */
  public static String manifest(String source, byte[] zip) {
    try {
      List<String> listed = names(source, ZipDirectory.read(zip));
      var found = new ArrayList<String>();
      byte[] manifest = null;
      int left = UNPACKED_BYTES_MAX;
      try (var files = new ZipInputStream(new ByteArrayInputStream(zip))) {
        for (ZipEntry entry = files.getNextEntry(); entry != null; entry = files.getNextEntry()) {
          byte[] unpacked = files.readNBytes(left + 1);
          if (unpacked.length > left) {
            throw refused(
                source, "unpacks to more than " + UNPACKED_BYTES_MAX + " bytes; zip only amp.yaml");
          }
          left -= unpacked.length;
          found.add(entry.getName());
          if (NAMES.contains(entry.getName())) {
            manifest = unpacked;
          }
        }
      }
      // Else another program could take another file out of the same zip.
      if (!new HashSet<>(found).equals(new HashSet<>(listed)) || found.size() != listed.size()) {
        throw refused(source, "has other files than its list of files says");
      }
      if (manifest == null) {
        throw refused(source, missing(listed));
      }
      return text(source, manifest);
    } catch (ZipException e) {
      throw refused(source, "is no zip that can be read: " + e.getMessage());
    } catch (IOException | IllegalArgumentException e) {
      // The end came too early, or a name cannot be read.
      throw refused(source, "is no zip that can be read");
    }
  }

  private static List<String> names(String source, List<ZipDirectory.Entry> entries) {
    if (entries.size() > ENTRIES_MAX) {
      throw refused(
          source, "has " + entries.size() + " files, at most " + ENTRIES_MAX + " are accepted");
    }
    var names = new HashSet<String>();
    for (ZipDirectory.Entry entry : entries) {
      String name = Issue.clipped(entry.name());
      if (!staysInside(entry.name())) {
        throw refused(source, "has a file whose name leads out of the zip: " + name);
      }
      if (!entry.ordinary()) {
        throw refused(source, "has a link or a device, not only files: " + name);
      }
      if (!names.add(entry.name())) {
        throw refused(source, "has the file " + name + " twice");
      }
    }
    if (names.containsAll(NAMES)) {
      throw refused(source, "has both amp.yaml and amp.yml; keep one of them");
    }
    return List.copyOf(names);
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

  private static String missing(List<String> names) {
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
    return InvalidRequest.unprocessable(Issue.body(source, null, detail));
  }
}
