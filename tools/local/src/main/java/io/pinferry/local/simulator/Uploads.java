package io.pinferry.local.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Registers media and takes their files: a form with the fields that the registration named first
 * and the file last, as a browser would post it to the store behind Pinterest. The answers there
 * are the store's, in XML.
 */
final class Uploads {
  private static final long FIRST_MEDIA = 5_199_000_000_000_000_000L;
  private static final Duration POLICY_HOLDS = Duration.ofDays(2);
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final World world;
  private final WorldChanges changes;
  private final Signer signer;
  private final ObjectMapper mapper = new ObjectMapper();

  Uploads(World world, WorldChanges changes, Signer signer) {
    this.world = world;
    this.changes = changes;
    this.signer = signer;
  }

  SimulatedResponse register(WriteCall write) {
    write.body(Bodies.MEDIA);
    long id = changes.nextId(FIRST_MEDIA);
    changes.write(write.change("media", write.user()).put("id", id), write.now());
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("media_id", Long.toString(id)).put("media_type", "video");
    json.put("upload_url", write.address() + "/_media/uploads");
    ObjectNode policy = JsonNodeFactory.instance.objectNode();
    policy.put("expiration", write.now().plus(POLICY_HOLDS).toString());
    policy.put("key", "uploads/" + write.user().number + "/" + id);
    String encoded =
        Base64.getEncoder().encodeToString(policy.toString().getBytes(StandardCharsets.UTF_8));
    String stamp = STAMP.format(write.now());
    ObjectNode fields = json.putObject("upload_parameters");
    fields.put("x-amz-date", stamp);
    fields.put("x-amz-signature", signer.mark(encoded));
    fields.put("x-amz-security-token", signer.mark("session " + id));
    fields.put("x-amz-algorithm", "AWS4-HMAC-SHA256");
    fields.set("key", policy.get("key"));
    fields.put("policy", encoded);
    fields.put(
        "x-amz-credential", "SIMULATED/" + stamp.substring(0, 8) + "/us-east-1/s3/aws4_request");
    fields.put("Content-Type", "multipart/form-data");
    return WriteCall.json(WriteCall.created(id), json);
  }

  /** Takes a file; whoever has the fields of a registration may send it. */
  SimulatedResponse receive(SimulatedRequest request, Instant now) {
    if (request.header("authorization").isPresent()) {
      return refusal(400, "InvalidArgument", "Only one auth mechanism allowed");
    }
    Optional<Form> read = Form.read(request);
    if (read.isEmpty()) {
      return refusal(
          400, "MalformedPOSTRequest", "The body is not well-formed multipart/form-data");
    }
    Form form = read.get();
    byte[] file = form.file();
    if (file == null) {
      return refusal(400, "InvalidArgument", "POST requires exactly one file upload, in the end");
    }
    JsonNode policy = policy(form);
    if (policy == null) {
      return refusal(403, "SignatureDoesNotMatch", "The signature does not match the policy");
    }
    if (!now.isBefore(Instant.parse(policy.path("expiration").asText()))) {
      return refusal(403, "AccessDenied", "Invalid according to Policy: Policy expired.");
    }
    String key = policy.path("key").asText();
    String wrong = wrongField(form.fields(), key);
    if (wrong != null) {
      return refusal(403, "AccessDenied", "Invalid according to Policy: " + wrong);
    }
    String[] path = key.split("/", -1);
    Person owner = world.people.get(Integer.parseInt(path[1]));
    long id = Long.parseLong(path[2]);
    // A file sent again replaces the first, but what has been processed stays so.
    if (world.uploads.containsKey(id)) {
      changes.write(
          JsonNodeFactory.instance
              .objectNode()
              .put("op", "upload")
              .put("owner", owner.number)
              .put("id", id)
              .put("at", now.toEpochMilli())
              .put("isVideo", canBeVideo(file)),
          now);
    }
    return WriteCall.gone();
  }

  private @Nullable JsonNode policy(Form form) {
    String policy = form.fields().getOrDefault("policy", "");
    if (!signer.mark(policy).equals(form.fields().get("x-amz-signature"))) {
      return null;
    }
    try {
      return mapper.readTree(
          new String(Base64.getDecoder().decode(policy), StandardCharsets.UTF_8));
    } catch (JsonProcessingException | IllegalArgumentException notOurs) {
      return null;
    }
  }

  private @Nullable String wrongField(Map<String, String> fields, String key) {
    var expected = new LinkedHashMap<String, String>();
    expected.put("key", key);
    expected.put("Content-Type", "multipart/form-data");
    expected.put("x-amz-algorithm", "AWS4-HMAC-SHA256");
    expected.put("x-amz-security-token", signer.mark("session " + key.split("/", -1)[2]));
    for (var entry : expected.entrySet()) {
      if (!entry.getValue().equals(fields.get(entry.getKey()))) {
        return "Policy Condition failed: [\"eq\", \"$" + entry.getKey() + "\"]";
      }
    }
    for (String name : fields.keySet()) {
      if (!expected.containsKey(name)
          && !name.equals("policy")
          && !name.equals("x-amz-signature")
          && !name.equals("x-amz-date")
          && !name.equals("x-amz-credential")) {
        return "Extra input fields: " + name;
      }
    }
    return fields.containsKey("x-amz-date") && fields.containsKey("x-amz-credential")
        ? null
        : "Missing x-amz-date or x-amz-credential";
  }

  /** A picture or nothing at all is no video; anything else may be one. */
  private static boolean canBeVideo(byte[] file) {
    return file.length > 0
        && !startsWith(file, 0xFF, 0xD8, 0xFF)
        && !startsWith(file, 0x89, 'P', 'N', 'G')
        && !startsWith(file, 'G', 'I', 'F', '8');
  }

  private static boolean startsWith(byte[] file, int... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (file.length <= i || (file[i] & 0xFF) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  static SimulatedResponse refusal(int status, String code, String message) {
    String escaped = message.replace("&", "&amp;").replace("<", "&lt;");
    return SimulatedResponse.of(
        status,
        Map.of("content-type", "application/xml"),
        ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>"
                + code
                + "</Code><Message>"
                + escaped
                + "</Message></Error>")
            .getBytes(StandardCharsets.UTF_8));
  }

  /**
   * A posted form.
   *
   * @param file the content of the field {@code file}, null if it is not the last one
   */
  private record Form(Map<String, String> fields, byte @Nullable [] file) {
    private static final int PARTS_MAX = 50;

    static Optional<Form> read(SimulatedRequest request) {
      String type = request.header("content-type").orElse("");
      String mark = "boundary=";
      int at = type.indexOf(mark);
      if (!type.startsWith("multipart/form-data") || at < 0) {
        return Optional.empty();
      }
      String boundary =
          type.substring(at + mark.length()).replaceFirst(";.*", "").replace("\"", "");
      byte[] body = request.body();
      byte[] delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
      byte[] opening = ("--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
      if (!Arrays.equals(Arrays.copyOf(body, opening.length), opening)) {
        return Optional.empty();
      }
      var fields = new LinkedHashMap<String, String>();
      byte[] file = null;
      int start = opening.length;
      for (int part = 0; part < PARTS_MAX; part++) {
        if (start + 1 < body.length && body[start] == '-' && body[start + 1] == '-') {
          return Optional.of(new Form(fields, file));
        }
        int headersEnd = indexOf(body, "\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1), start);
        int end = headersEnd < 0 ? -1 : indexOf(body, delimiter, headersEnd + 2);
        if (end < 0) {
          return Optional.empty();
        }
        String headers = new String(body, start, headersEnd - start, StandardCharsets.ISO_8859_1);
        Optional<String> name = name(headers);
        if (name.isEmpty() || file != null) {
          // The store does not read fields after the file, so they count as missing.
          return name.isEmpty() ? Optional.empty() : Optional.of(new Form(fields, null));
        }
        byte[] content = Arrays.copyOfRange(body, headersEnd + 4, Math.max(headersEnd + 4, end));
        if (name.get().equals("file")) {
          file = content;
        } else {
          fields.put(name.get(), new String(content, StandardCharsets.UTF_8));
        }
        start = end + delimiter.length;
      }
      return Optional.empty();
    }

    private static Optional<String> name(String headers) {
      var found =
          java.util.regex.Pattern.compile(
                  "content-disposition:[^\\r\\n]*[; ]name=\"?([^\";\\r\\n]+)",
                  java.util.regex.Pattern.CASE_INSENSITIVE)
              .matcher(headers);
      return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    }

    private static int indexOf(byte[] body, byte[] wanted, int from) {
      for (int i = from; i <= body.length - wanted.length; i++) {
        int same = 0;
        while (same < wanted.length && body[i + same] == wanted[same]) {
          same++;
        }
        if (same == wanted.length) {
          return i;
        }
      }
      return -1;
    }
  }
}
