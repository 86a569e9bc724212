package io.pinferry.pinterest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.pinferry.base.Json;
import io.pinferry.pinterest.PageRecord.Member;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The bookmark and the records of one answer to a list call. Records stay bytes of the answer: only
 * the positions of wanted members are noted, and no tree is built. Values of secret members are
 * {@value #REDACTED}; {@code null} stays null.
 */
public final class ListPage {
  private static final String REDACTED = "[redacted]";
  private static final byte[] REDACTED_JSON = ("\"" + REDACTED + "\"").getBytes(UTF_8);
  private static final String DUPLICATE = "a duplicate member";

  private final List<PageRecord> records;
  private final @Nullable String bookmark;

  private ListPage(List<PageRecord> records, @Nullable String bookmark) {
    this.records = records;
    this.bookmark = bookmark;
  }

  /**
   * Reads a body. A member may occur twice, except {@code items}, {@code bookmark} and wanted
   * members: it would be a guess which of the two counts, and only one of two secrets would be
   * found. Bytes that are not UTF-8 become U+FFFD, so that one broken text does not stop a read.
   *
   * @throws MalformedPage if the body is not a JSON object with a list of objects named {@code
   *     items}
   */
  public static ListPage read(byte[] body, FieldPaths wanted) throws MalformedPage {
    try {
      return readUtf8(body, wanted);
    } catch (MalformedPage e) {
      byte[] mended = new String(body, UTF_8).getBytes(UTF_8);
      if (Arrays.equals(mended, body)) {
        throw e;
      }
      return readUtf8(mended, wanted);
    }
  }

  private static ListPage readUtf8(byte[] body, FieldPaths wanted) throws MalformedPage {
    List<Member> secrets = new ArrayList<>();
    ListPage page = readUtf8(body, wanted, secrets);
    return secrets.isEmpty() ? page : readUtf8(redacted(body, secrets), wanted, new ArrayList<>());
  }

  private static ListPage readUtf8(byte[] body, FieldPaths wanted, List<Member> secrets)
      throws MalformedPage {
    try (JsonParser json = Json.pages().createParser(body)) {
      return new Reader(body, wanted, secrets, json).page();
    } catch (IOException e) {
      throw new IllegalStateException("a parser of bytes does no I/O", e);
    }
  }

  private static byte[] redacted(byte[] body, List<Member> secrets) {
    var redacted = new ByteArrayOutputStream(body.length);
    int from = 0;
    for (Member secret : secrets) {
      redacted.write(body, from, secret.start() - from);
      redacted.writeBytes(REDACTED_JSON);
      from = secret.end();
    }
    redacted.write(body, from, body.length - from);
    return redacted.toByteArray();
  }

  public List<PageRecord> records() {
    return records;
  }

  /** Returns the bookmark of the next page; null, missing and empty all mean there is none. */
  public Optional<String> bookmark() {
    return Optional.ofNullable(bookmark).filter(text -> !text.isEmpty());
  }

  /** Goes over a body once. */
  private static final class Reader {
    private final byte[] body;
    private final FieldPaths wanted;
    private final JsonParser json;

    /** The secrets found, in the order of the body. */
    private final List<Member> secrets;

    Reader(byte[] body, FieldPaths wanted, List<Member> secrets, JsonParser json) {
      this.body = body;
      this.wanted = wanted;
      this.secrets = secrets;
      this.json = json;
    }

    ListPage page() throws MalformedPage {
      try {
        return object();
      } catch (StreamConstraintsException e) {
        throw malformed("nested deeper than " + Json.NESTING_DEPTH_MAX);
      } catch (IOException e) {
        // Jackson's own message may quote the body.
        throw malformed(position() < body.length ? "no JSON" : "the body ends early");
      }
    }

    private ListPage object() throws IOException, MalformedPage {
      expect(json.nextToken() == JsonToken.START_OBJECT, "no object");
      List<PageRecord> records = null;
      boolean bookmarkSeen = false;
      String bookmark = null;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        if (name.equals("items")) {
          expect(records == null, DUPLICATE);
          expect(value == JsonToken.START_ARRAY, "no list of items");
          records = records();
        } else if (name.equals("bookmark")) {
          expect(!bookmarkSeen, DUPLICATE);
          bookmarkSeen = true;
          bookmark = value == JsonToken.VALUE_STRING ? json.getText() : null;
        }
        json.skipChildren();
      }
      expect(json.nextToken() == null, "text after the page");
      if (records == null) {
        throw malformed("no items");
      }
      return new ListPage(records, bookmark);
    }

    private List<PageRecord> records() throws IOException, MalformedPage {
      List<PageRecord> records = new ArrayList<>();
      while (json.nextToken() != JsonToken.END_ARRAY) {
        expect(json.currentToken() == JsonToken.START_OBJECT, "an item that is no object");
        int start = tokenStart();
        var members = new @Nullable Member[wanted.size()];
        findMembers(wanted.root(), members);
        records.add(new PageRecord(body, start, position(), members));
      }
      return records;
    }

    /** Goes to the end of an object and notes the wanted members in it. */
    private void findMembers(FieldPaths.Node node, @Nullable Member[] found)
        throws IOException, MalformedPage {
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        FieldPaths.Node child = node.child(json.currentName());
        if (child == null) {
          json.nextToken();
          json.skipChildren();
          continue;
        }
        int nameStart = tokenStart();
        JsonToken value = json.nextToken();
        boolean isObject = value == JsonToken.START_OBJECT;
        int start = tokenStart();
        if (isObject && child.hasChildren() && !child.isSecret()) {
          findMembers(child, found);
        } else {
          json.skipChildren();
          json.finishToken();
        }
        if (child.isPath()) {
          expect(found[child.index()] == null, DUPLICATE);
          var member = new Member(child.index(), nameStart, start, position());
          found[child.index()] = member;
          boolean isSecret = child.isSecret() || (child.holdsSecret() && !isObject);
          if (isSecret && value != JsonToken.VALUE_NULL) {
            secrets.add(member);
          }
        }
      }
    }

    private int tokenStart() {
      return (int) json.currentTokenLocation().getByteOffset();
    }

    /** Returns the position after the current token, or where reading failed. */
    private int position() {
      return (int) json.currentLocation().getByteOffset();
    }

    private void expect(boolean condition, String otherwise) throws MalformedPage {
      if (!condition) {
        throw malformed(otherwise);
      }
    }

    private MalformedPage malformed(String reason) {
      return new MalformedPage(reason, position());
    }
  }
}
