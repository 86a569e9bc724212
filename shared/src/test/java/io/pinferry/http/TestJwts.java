package io.pinferry.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Base64;

/**
 * Makes JWTs as a product's back end does, good ones and forged ones, with nothing but the JDK, so
 * that no library's caution stands between a test and a bad token.
 */
public final class TestJwts {
  private static final KeyPair PAIR = pair(2048);
  private static final KeyPair OTHER_PAIR = pair(2048);

  private TestJwts() {}

  /** Makes a pair of RSA keys. */
  public static KeyPair pair(int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the pair that tokens are signed with. */
  public static KeyPair pair() {
    return PAIR;
  }

  /** Returns a pair that nobody has registered. */
  public static KeyPair otherPair() {
    return OTHER_PAIR;
  }

  public static RSAPublicKey publicKey() {
    return (RSAPublicKey) PAIR.getPublic();
  }

  /** Returns a public key as it is registered. */
  public static String pem(KeyPair pair) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(pair.getPublic().getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  public static ObjectNode header(String kid) {
    return Json.object().put("alg", "RS256").put("typ", "JWT").put("kid", kid);
  }

  /** Returns good claims that live for five minutes from now on. */
  public static ObjectNode claims(String groupRef, String consumerRef, Instant now) {
    return Json.object()
        .put("sub", "somebody")
        .put("groupRef", groupRef)
        .put("consumerRef", consumerRef)
        .put("iat", now.getEpochSecond())
        .put("exp", now.getEpochSecond() + 300);
  }

  /** Returns a good token. */
  public static String of(String kid, String groupRef, String consumerRef, Instant now) {
    return signed(header(kid), claims(groupRef, consumerRef, now), "SHA256withRSA", PAIR);
  }

  /** Returns a token with any header and claims, signed in any way. */
  public static String signed(ObjectNode header, ObjectNode claims, String how, KeyPair by) {
    String content = part(Json.bytes(header)) + "." + part(Json.bytes(claims));
    try {
      Signature signature = Signature.getInstance(how);
      signature.initSign(by.getPrivate());
      signature.update(content.getBytes(UTF_8));
      return content + "." + part(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Encodes a part of a token. */
  public static String part(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
