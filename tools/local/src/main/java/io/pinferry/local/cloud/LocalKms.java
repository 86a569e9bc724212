package io.pinferry.local.cloud;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A server that speaks as much of KMS's JSON protocol as Pinferry uses: it generates data keys, and
 * decrypts those that it made for the same key and encryption context. Every key id has the same
 * key behind it, and is bound to what was made for it.
 */
public final class LocalKms implements AutoCloseable {
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final TargetServer server;
  private final SecretKeySpec key;
  private final RandomGenerator random;

  private LocalKms(byte[] key, RandomGenerator random) {
    this.key = new SecretKeySpec(key, "AES");
    this.random = random;
    this.server = TargetServer.start("TrentService.", this::answer);
  }

  /**
   * Starts on a free port of 127.0.0.1.
   *
   * @param directory where the key is kept; null keeps it in memory
   */
  public static LocalKms start(RandomGenerator random, @Nullable Path directory) {
    byte[] fresh = new byte[KEY_BYTES];
    random.nextBytes(fresh);
    if (directory == null) {
      return new LocalKms(fresh, random);
    }
    Path file = directory.resolve("key");
    try {
      if (!Files.exists(file)) {
        Files.createDirectories(directory);
        Files.write(file, fresh);
      }
      return new LocalKms(Files.readAllBytes(file), random);
    } catch (IOException e) {
      throw new UncheckedIOException("the key in " + file + " cannot be used", e);
    }
  }

  /** Returns the address for a client's endpoint override. */
  public URI endpoint() {
    return server.endpoint();
  }

  private ObjectNode answer(String operation, JsonNode request) throws ServiceRefusal {
    String keyId = request.path("KeyId").asText();
    return switch (operation) {
      case "GenerateDataKey" -> {
        byte[] made = new byte[KEY_BYTES];
        random.nextBytes(made);
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] encrypted = crypt(Cipher.ENCRYPT_MODE, nonce, context(keyId, request), made);
        byte[] wrapped = Arrays.copyOf(nonce, nonce.length + encrypted.length);
        System.arraycopy(encrypted, 0, wrapped, nonce.length, encrypted.length);
        yield JsonNodeFactory.instance
            .objectNode()
            .put("KeyId", keyId)
            .put("CiphertextBlob", wrapped)
            .put("Plaintext", made);
      }
      case "Decrypt" -> {
        byte[] wrapped = Base64.getDecoder().decode(request.path("CiphertextBlob").asText());
        if (wrapped.length < NONCE_BYTES) {
          throw ServiceRefusal.invalidCiphertext("it is too short");
        }
        yield JsonNodeFactory.instance
            .objectNode()
            .put("KeyId", keyId)
            .put(
                "Plaintext",
                crypt(
                    Cipher.DECRYPT_MODE,
                    Arrays.copyOf(wrapped, NONCE_BYTES),
                    context(keyId, request),
                    Arrays.copyOfRange(wrapped, NONCE_BYTES, wrapped.length)));
      }
      default -> throw ServiceRefusal.unknownOperation(operation);
    };
  }

  /** Returns the key id and the encryption context, whatever the order of its members. */
  private static byte[] context(String keyId, JsonNode request) {
    var sorted = new TreeMap<String, String>();
    request
        .path("EncryptionContext")
        .properties()
        .forEach(member -> sorted.put(member.getKey(), member.getValue().asText()));
    return (keyId + sorted).getBytes(UTF_8);
  }

  private byte[] crypt(int mode, byte[] nonce, byte[] context, byte[] bytes) throws ServiceRefusal {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(context);
      return cipher.doFinal(bytes);
    } catch (GeneralSecurityException e) {
      throw ServiceRefusal.invalidCiphertext(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
