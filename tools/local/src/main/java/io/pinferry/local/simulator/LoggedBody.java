package io.pinferry.local.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part of the body of a write that the log of requests keeps. */
final class LoggedBody {
  private static final int BYTES_MAX = 16 * 1_024;
  private static final List<String> SECRETS =
      List.of("partner_access_token", "partner_refresh_token", "partner_primary_email", "password");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private LoggedBody() {}

  /** Returns the JSON with its secrets masked, null if it is long or no JSON. */
  static @Nullable JsonNode masked(SimulatedRequest request) {
    if (request.body().length == 0 || request.body().length > BYTES_MAX) {
      return null;
    }
    try {
      JsonNode json = MAPPER.readTree(request.body());
      mask(json);
      return json;
    } catch (JsonProcessingException notJson) {
      return null;
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException("an array refused to be read", e);
    }
  }

  private static void mask(JsonNode json) {
    if (json instanceof ObjectNode object) {
      for (String name : SECRETS) {
        if (object.hasNonNull(name)) {
          object.put(name, "***");
        }
      }
    }
    json.forEach(LoggedBody::mask);
  }

  static String digest(SimulatedRequest request) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(request.body());
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }
}
