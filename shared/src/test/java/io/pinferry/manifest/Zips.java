package io.pinferry.manifest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Makes zips, and breaks them. */
public final class Zips {
  private static final int LISTED_FILE = 0x02014b50;

  private Zips() {}

  /** Returns a zip of files, given as name, text, name, text. */
  public static byte[] of(String... namesAndTexts) {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < namesAndTexts.length; i += 2) {
        zip.putNextEntry(new ZipEntry(namesAndTexts[i]));
        zip.write(namesAndTexts[i + 1].getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Returns a zip whose only file is said to be something else than a file. */
  static byte[] ofKind(int mode, String name, String text) {
    byte[] zip = of(name, text);
    int listed = listed(zip);
    zip[listed + 5] = 3;
    zip[listed + 40] = (byte) mode;
    zip[listed + 41] = (byte) (mode >>> 8);
    return zip;
  }

  /** Returns a zip whose only file has another name in the list of files. */
  static byte[] listedAs(String listedName, String name, String text) {
    byte[] zip = of(name, text);
    byte[] other = listedName.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(other, 0, zip, listed(zip) + 46, other.length);
    return zip;
  }

  private static int listed(byte[] zip) {
    for (int at = 0; at + 4 <= zip.length; at++) {
      int word =
          (zip[at] & 0xff)
              | (zip[at + 1] & 0xff) << 8
              | (zip[at + 2] & 0xff) << 16
              | (zip[at + 3] & 0xff) << 24;
      if (word == LISTED_FILE) {
        return at;
      }
    }
    throw new AssertionError("a zip lists its files");
  }
}
