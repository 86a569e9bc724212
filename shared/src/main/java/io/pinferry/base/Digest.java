package io.pinferry.base;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/** SHA-256 over length-prefixed parts, so that no two lists of parts give the same input. */
public final class Digest {
  private final MessageDigest sha256;

  private Digest() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Starts a digest of parts. More may follow. */
  public static Digest of(String... parts) {
    return new Digest().and(parts);
  }

  public Digest and(String... parts) {
    for (String part : parts) {
      and(part.getBytes(UTF_8));
    }
    return this;
  }

  public Digest and(byte[] part) {
    sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).flip());
    sha256.update(part);
    return this;
  }

  /** Returns the first bytes in hexadecimal. Ends this digest. */
  public String hex(int byteCount) {
    return HexFormat.of().formatHex(sha256.digest(), 0, byteCount);
  }

  /** Returns all 32 bytes. Ends this digest. */
  public byte[] bytes() {
    return sha256.digest();
  }

  /** Returns the digest as a name-based UUID (version 8 of RFC 9562). Ends this digest. */
  public String uuid() {
    ByteBuffer bytes = ByteBuffer.wrap(sha256.digest());
    long high = (bytes.getLong() & ~0xF000L) | 0x8000L;
    long low = (bytes.getLong() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
    return new UUID(high, low).toString();
  }

  /** Returns the plain SHA-256 of a text in hexadecimal, like other tools. */
  public static String sha256Hex(String text) {
    return HexFormat.of().formatHex(new Digest().sha256.digest(text.getBytes(UTF_8)));
  }
}
