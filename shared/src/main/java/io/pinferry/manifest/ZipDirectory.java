package io.pinferry.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipException;

/**
 * The list of files at a zip's end. {@link java.util.zip.ZipInputStream} does not look at it, and
 * only there it is written whether a file is a link. Source: sections 4.3.12 to 4.3.16 of
 * pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
final class ZipDirectory {
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int COMMENT_BYTES_MAX = 0xffff;
  private static final int FILE_SIGNATURE = 0x02014b50;
  private static final int FILE_BYTES = 46;

  /** The systems, of those that write zips, whose attributes tell a file's kind. */
  private static final int MADE_BY_UNIX = 3;

  private static final int MADE_BY_MACOS = 19;

  private static final int KIND_MASK = 0xf000;
  private static final int KIND_FOLDER = 0x4000;
  private static final int KIND_FILE = 0x8000;

  private ZipDirectory() {}

  /**
   * A file or folder.
   *
   * @param ordinary whether it is a file or a folder, and no link or device
   */
  record Entry(String name, boolean ordinary) {}

  /**
   * Reads the list.
   *
   * @throws ZipException if there is none that can be read
   */
  static List<Entry> read(byte[] zip) throws ZipException {
    ByteBuffer bytes = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
    int end = end(bytes);
    int count = Short.toUnsignedInt(bytes.getShort(end + 10));
    long at = Integer.toUnsignedLong(bytes.getInt(end + 16));
    var entries = new ArrayList<Entry>();
    for (int i = 0; i < count; i++) {
      if (at + FILE_BYTES > end || bytes.getInt((int) at) != FILE_SIGNATURE) {
        throw new ZipException("the list of files is broken");
      }
      int start = (int) at;
      int nameBytes = Short.toUnsignedInt(bytes.getShort(start + 28));
      long next =
          at
              + FILE_BYTES
              + nameBytes
              + Short.toUnsignedInt(bytes.getShort(start + 30))
              + Short.toUnsignedInt(bytes.getShort(start + 32));
      if (next > end) {
        throw new ZipException("the list of files is broken");
      }
      entries.add(
          new Entry(
              name(bytes.slice(start + FILE_BYTES, nameBytes)),
              ordinary(bytes.get(start + 5), bytes.getInt(start + 38) >>> 16)));
      at = next;
    }
    return entries;
  }

  /** Returns where the record begins that stands last, before a comment. */
  private static int end(ByteBuffer bytes) throws ZipException {
    int last = bytes.limit() - END_BYTES;
    for (int at = last; at >= Math.max(0, last - COMMENT_BYTES_MAX); at--) {
      if (bytes.getInt(at) == END_SIGNATURE
          && at + END_BYTES + Short.toUnsignedInt(bytes.getShort(at + 20)) == bytes.limit()) {
        return at;
      }
    }
    throw new ZipException("there is no list of files");
  }

  private static String name(ByteBuffer bytes) throws ZipException {
    try {
      return UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      var broken = new ZipException("a file's name is not UTF-8");
      broken.initCause(e);
      throw broken;
    }
  }

  private static boolean ordinary(int madeBy, int mode) {
    if (madeBy != MADE_BY_UNIX && madeBy != MADE_BY_MACOS) {
      return true;
    }
    int kind = mode & KIND_MASK;
    return kind == 0 || kind == KIND_FILE || kind == KIND_FOLDER;
  }
}
