package io.pinferry.directory;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and writes RSA public keys as PEM texts, and refuses weak keys. */
public final class RsaPublicKeys {
  /** Shorter keys can be broken. Source: NIST SP 800-131A. */
  public static final int BITS_MIN = 2048;

  /** Longer keys only make each request slow. */
  public static final int BITS_MAX = 8192;

  /** Four times the length of the longest key. */
  public static final int PEM_LENGTH_MAX = 8192;

  private static final Pattern PEM =
      Pattern.compile(
          "\\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----\\s*");

  private RsaPublicKeys() {}

  /**
   * Reads a key from a request.
   *
   * @throws IllegalArgumentException if it is no key or a weak one; the message completes "this
   *     text ..." and repeats nothing of the text, since it may hold a secret
   */
  public static RSAPublicKey parse(String pem) {
    if (pem.contains("PRIVATE KEY")) {
      throw new IllegalArgumentException(
          "holds a private key, which must never leave your server; nothing was stored. Make a new"
              + " pair and send the public key only");
    }
    if (pem.contains("-----BEGIN RSA PUBLIC KEY-----")) {
      throw new IllegalArgumentException(
          "is in the PKCS#1 form; convert it: openssl rsa -RSAPublicKey_in -in key.pem -pubout");
    }
    if (pem.contains("-----BEGIN CERTIFICATE-----")) {
      throw new IllegalArgumentException(
          "is a certificate; send its key: openssl x509 -in cert.pem -noout -pubkey");
    }
    Matcher matcher = PEM.matcher(pem);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "is no PEM text that begins with -----BEGIN PUBLIC KEY----- and ends with -----END PUBLIC"
              + " KEY-----");
    }
    RSAPublicKey key;
    try {
      byte[] der = Base64.getMimeDecoder().decode(matcher.group(1));
      key = (RSAPublicKey) rsa().generatePublic(new X509EncodedKeySpec(der));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "holds no RSA public key; make a pair: openssl genrsa -out private_key.pem 2048", e);
    }
    check(key);
    return key;
  }

  private static void check(RSAPublicKey key) {
    int bits = key.getModulus().bitLength();
    if (bits < BITS_MIN || bits > BITS_MAX) {
      throw new IllegalArgumentException(
          "holds a key of " + bits + " bits; it must have " + BITS_MIN + " to " + BITS_MAX);
    }
    // With the exponent 1 every text is its own signature.
    BigInteger exponent = key.getPublicExponent();
    if (!key.getModulus().testBit(0)
        || !exponent.testBit(0)
        || exponent.compareTo(BigInteger.valueOf(3)) < 0
        || exponent.bitLength() > 64) {
      throw new IllegalArgumentException(
          "holds an RSA key with an unusable modulus or exponent; the usual exponent is 65537");
    }
  }

  /**
   * Reads a stored key, in the form of {@link #pem}.
   *
   * @throws IllegalStateException if it cannot be read
   */
  public static RSAPublicKey trusted(String pem) {
    try {
      return parse(pem);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("a stored public key cannot be read", e);
    }
  }

  /** Writes a key as a PEM text with lines of 64 characters, like other tools. */
  public static String pem(RSAPublicKey key) {
    String base64 =
        Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(key.getEncoded());
    return "-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END PUBLIC KEY-----\n";
  }

  private static KeyFactory rsa() {
    try {
      return KeyFactory.getInstance("RSA");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has RSA", e);
    }
  }
}
