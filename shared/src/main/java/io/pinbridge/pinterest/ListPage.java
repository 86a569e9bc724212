package io.pinbridge.pinterest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinbridge.base.Json;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One answer of a list endpoint, scanned once: where each record and each wanted member lies in the
 * body's bytes. Nothing is copied or built per record; a page of 250 pins has some 300 KB.
 *
 * <p>A scanner of our own, since no JSON library gives byte ranges of nested members without
 * building tokens for all others (measured in benchmarks/). It accepts exactly JSON, except that
 * text is not checked to be well-formed UTF-8, and that neither {@code items} nor {@code bookmark}
 * nor a wanted member may be there twice: which one counts would be a guess, and of a secret one
 * only one would be known.
 */
public final class ListPage {
  private static final int ABSENT = -1;

  /** Eight bytes at once: most of a page is inside strings. */
  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long EACH = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private final byte[] body;
  private final int pathCount;
  private int recordCount;
  private @Nullable String bookmark;

  /** Per record: start, end, then start and end of the value at each path. */
  private int[] spans;

  /** Of all records' own members: start and end of the name, start and end of the value. */
  private int[] members = {};

  private int memberSpanCount;

  /** Per record: where its members begin in {@link #members}. */
  private int[] memberSpansFrom = {};

  private ListPage(byte[] body, int pathCount) {
    this.body = body;
    this.pathCount = pathCount;
    this.spans = new int[stride() * 256];
  }

  /**
   * Scans a body.
   *
   * @throws MalformedPage if it is not an object with a list of objects named items
   */
  public static ListPage scan(byte[] body, FieldPaths paths) throws MalformedPage {
    var page = new ListPage(body, paths.size());
    page.new Scanner(paths).page();
    return page;
  }

  public int recordCount() {
    return recordCount;
  }

  /** Returns the bookmark of the next page; null, missing and empty all mean there is none. */
  public Optional<String> bookmark() {
    return Optional.ofNullable(bookmark).filter(text -> !text.isEmpty());
  }

  /** Returns the bytes all positions are in; not to be changed. */
  public byte[] body() {
    return body;
  }

  public int start(int record) {
    return spans[record * stride()];
  }

  public int end(int record) {
    return spans[record * stride() + 1];
  }

  /** Returns where the value at a path begins in a record; -1 if it has none. */
  public int valueStart(int record, int path) {
    return spans[record * stride() + 2 + 2 * path];
  }

  /** Returns where the value at a path ends, exclusive; -1 if the record has none. */
  public int valueEnd(int record, int path) {
    return spans[record * stride() + 3 + 2 * path];
  }

  /**
   * Returns the value at a path as text: of a string its content, of anything else its JSON; empty
   * if the record has none or it is null.
   */
  public Optional<String> text(int record, int path) {
    int start = valueStart(record, path);
    if (start == ABSENT || body[start] == 'n') {
      return Optional.empty();
    }
    int end = valueEnd(record, path);
    return Optional.of(body[start] == '"' ? string(start, end) : plain(start, end));
  }

  /**
   * Returns the record's own members in their order: for each the start of its name (at the quote),
   * the end of its name, the start and the end of its value.
   *
   * @throws IllegalStateException if the page was scanned without noting them
   */
  public int[] members(int record) {
    if (record >= memberSpansFrom.length) {
      throw new IllegalStateException("the page was scanned without members");
    }
    int end = record + 1 < recordCount ? memberSpansFrom[record + 1] : memberSpanCount;
    return Arrays.copyOfRange(members, memberSpansFrom[record], end);
  }

  /**
   * Returns the content of a string.
   *
   * @param start the position of its first quote
   * @param end the position after its last quote
   */
  public String content(int start, int end) {
    return string(start, end);
  }

  private int stride() {
    return 2 + 2 * pathCount;
  }

  private String plain(int start, int end) {
    return new String(body, start, end - start, UTF_8);
  }

  private String string(int start, int end) {
    for (int i = start; i < end; i++) {
      if (body[i] == '\\') {
        return escaped(start, end);
      }
    }
    return plain(start + 1, end - 1);
  }

  /** Made of text, not of the bytes: those may be no UTF-8, which must not stop us here. */
  private String escaped(int start, int end) {
    return Json.trusted(plain(start, end)).textValue();
  }

  /**
   * Goes over the body once. Methods take the position where something begins and return the one
   * after it; with the position in a field, scanning takes a third longer.
   */
  private final class Scanner {
    private final byte[] bytes = body;
    private final FieldPaths paths;

    /** The last backslash seen, so that a name's escapes are known without a second look. */
    private int escapeAt = ABSENT;

    Scanner(FieldPaths paths) {
      this.paths = paths;
    }

    void page() throws MalformedPage {
      boolean itemsSeen = false;
      boolean bookmarkSeen = false;
      int at = expect(space(0), '{');
      for (at = first(at, '}'); at >= 0; ) {
        int nameEnd = string(at);
        String name = ListPage.this.string(at, nameEnd);
        int start = colon(nameEnd);
        int end;
        if (name.equals("items")) {
          requireFirst(itemsSeen, start);
          itemsSeen = true;
          end = items(start);
        } else {
          end = value(start, 1);
        }
        if (name.equals("bookmark")) {
          requireFirst(bookmarkSeen, start);
          bookmarkSeen = true;
          bookmark = bytes[start] == '"' ? ListPage.this.string(start, end) : null;
        }
        at = next(end, '}');
      }
      int end = space(~at);
      if (end != bytes.length) {
        throw new MalformedPage("text after the page", end);
      }
      if (!itemsSeen) {
        throw new MalformedPage("no items", end);
      }
    }

    private int items(int start) throws MalformedPage {
      int at = expect(start, '[');
      for (at = first(at, ']'); at >= 0; ) {
        if (byteAt(at) != '{') {
          throw new MalformedPage("an item that is no object", at);
        }
        int offset = newRecord();
        int end = object(paths.root(), at, offset, 3, paths.wantsMembers());
        spans[offset] = at;
        spans[offset + 1] = end;
        at = next(end, ']');
      }
      return ~at;
    }

    private int newRecord() {
      int offset = recordCount * stride();
      if (offset + stride() > spans.length) {
        spans = Arrays.copyOf(spans, spans.length * 2);
      }
      Arrays.fill(spans, offset, offset + stride(), ABSENT);
      if (paths.wantsMembers()) {
        if (recordCount == memberSpansFrom.length) {
          memberSpansFrom = Arrays.copyOf(memberSpansFrom, Math.max(256, recordCount * 2));
        }
        memberSpansFrom[recordCount] = memberSpanCount;
      }
      recordCount++;
      return offset;
    }

    /** Scans an object, noting values of the paths below the node. */
    private int object(FieldPaths.Node node, int start, int offset, int depth, boolean noteMembers)
        throws MalformedPage {
      int at = start + 1;
      for (at = first(at, '}'); at >= 0; ) {
        int nameEnd = string(at);
        FieldPaths.Node child = child(node, at, nameEnd);
        int valueStart = colon(nameEnd);
        int valueEnd;
        if (child != null && child.hasChildren() && byteAt(valueStart) == '{') {
          checkDepth(depth, valueStart);
          valueEnd = object(child, valueStart, offset, depth + 1, false);
        } else {
          valueEnd = value(valueStart, depth);
        }
        if (child != null) {
          for (int index : child.indexes()) {
            requireFirst(spans[offset + 2 + 2 * index] != ABSENT, valueStart);
            spans[offset + 2 + 2 * index] = valueStart;
            spans[offset + 3 + 2 * index] = valueEnd;
          }
        }
        if (noteMembers) {
          member(at, nameEnd, valueStart, valueEnd);
        }
        at = next(valueEnd, '}');
      }
      return ~at;
    }

    private void member(int nameStart, int nameEnd, int valueStart, int valueEnd) {
      if (memberSpanCount == members.length) {
        members = Arrays.copyOf(members, Math.max(4 * 32 * 256, members.length * 2));
      }
      members[memberSpanCount++] = nameStart;
      members[memberSpanCount++] = nameEnd;
      members[memberSpanCount++] = valueStart;
      members[memberSpanCount++] = valueEnd;
    }

    private FieldPaths.@Nullable Node child(FieldPaths.Node node, int nameStart, int nameEnd) {
      if (!node.hasChildren()) {
        return null;
      }
      if (escapeAt < nameStart) {
        return node.child(bytes, nameStart + 1, nameEnd - 1);
      }
      byte[] name = escaped(nameStart, nameEnd).getBytes(UTF_8);
      return node.child(name, 0, name.length);
    }

    private void requireFirst(boolean seen, int at) throws MalformedPage {
      if (seen) {
        throw new MalformedPage("a member that was there before", at);
      }
    }

    /**
     * Scans a value with everything in it.
     *
     * @param depth how many objects and lists it is in
     */
    private int value(int start, int depth) throws MalformedPage {
      int at = start;
      // What the value is in, the innermost last: a bit each, set for an object.
      long objects = 0;
      int level = depth;
      while (true) {
        byte first = byteAt(at);
        if (first == '{' || first == '[') {
          checkDepth(level, at);
          boolean isObject = first == '{';
          int inside = first(at + 1, isObject ? '}' : ']');
          if (inside >= 0) {
            level++;
            objects = objects << 1 | (isObject ? 1 : 0);
            at = isObject ? colon(string(inside)) : inside;
            continue;
          }
          at = ~inside;
        } else if (first == '"') {
          at = string(at);
        } else {
          at = scalar(first, at);
        }
        boolean goesOn = false;
        while (level > depth && !goesOn) {
          boolean inObject = (objects & 1) != 0;
          int next = next(at, inObject ? '}' : ']');
          goesOn = next >= 0;
          if (goesOn) {
            at = inObject ? colon(string(next)) : next;
          } else {
            at = ~next;
            level--;
            objects >>>= 1;
          }
        }
        if (!goesOn) {
          return at;
        }
      }
    }

    /** Returns where the first member after an opening bracket begins; ~ of the end if none. */
    private int first(int start, char close) throws MalformedPage {
      int at = space(start);
      return byteAt(at) == close ? ~(at + 1) : at;
    }

    /** Returns where the member after a comma begins; ~ of the end if there is none. */
    private int next(int start, char close) throws MalformedPage {
      int at = space(start);
      byte next = byteAt(at);
      if (next == ',') {
        return space(at + 1);
      }
      if (next != close) {
        throw new MalformedPage("no comma or end", at);
      }
      return ~(at + 1);
    }

    private int string(int start) throws MalformedPage {
      if (byteAt(start) != '"') {
        throw new MalformedPage("no string", start);
      }
      int at = start + 1;
      while (true) {
        at = skipPlain(at);
        byte found = byteAt(at);
        if (found == '"') {
          return at + 1;
        }
        if (found == '\\') {
          escapeAt = at;
          at = escape(at);
        } else if (found >= 0 && found < ' ') {
          throw new MalformedPage("a control character in a string", at);
        } else {
          at++;
        }
      }
    }

    /** Returns a position with nothing but plain text before it; soon after, there is an end. */
    private int skipPlain(int from) {
      int i = from;
      while (i <= bytes.length - Long.BYTES) {
        long eight = (long) EIGHT.get(bytes, i);
        long quotes = eight ^ ('"' * EACH);
        long backslashes = eight ^ ('\\' * EACH);
        // The lowest high bit that is left marks a quote, a backslash or a control character: a
        // byte that was zero, or below a space, borrows when one, or a space, is taken from it.
        long found =
            (((quotes - EACH) & ~quotes)
                    | ((backslashes - EACH) & ~backslashes)
                    | ((eight - ' ' * EACH) & ~eight))
                & HIGH_BITS;
        if (found != 0) {
          return i + Long.numberOfTrailingZeros(found) / Byte.SIZE;
        }
        i += Long.BYTES;
      }
      return i;
    }

    private int escape(int backslash) throws MalformedPage {
      if (backslash + 1 < bytes.length) {
        switch (bytes[backslash + 1]) {
          case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
            return backslash + 2;
          }
          case 'u' -> {
            int end = backslash + 6;
            boolean hex = end <= bytes.length;
            for (int i = backslash + 2; hex && i < end; i++) {
              hex = Character.digit(bytes[i], 16) >= 0;
            }
            if (hex) {
              return end;
            }
          }
          default -> {}
        }
      }
      throw new MalformedPage("an unknown escape", backslash);
    }

    private int scalar(byte first, int start) throws MalformedPage {
      return switch (first) {
        case 't' -> literal("true", start);
        case 'f' -> literal("false", start);
        case 'n' -> literal("null", start);
        default -> number(start);
      };
    }

    private int number(int start) throws MalformedPage {
      int at = is(start, '-') ? start + 1 : start;
      int whole = digits(at);
      if (whole == at || (is(at, '0') && whole > at + 1)) {
        throw new MalformedPage("no value", start);
      }
      at = whole;
      if (is(at, '.')) {
        at = someDigits(at + 1);
      }
      if (is(at, 'e') || is(at, 'E')) {
        at++;
        at = someDigits(is(at, '+') || is(at, '-') ? at + 1 : at);
      }
      return at;
    }

    private int someDigits(int start) throws MalformedPage {
      int end = digits(start);
      if (end == start) {
        throw new MalformedPage("no number", start);
      }
      return end;
    }

    private int digits(int start) {
      int at = start;
      while (at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9') {
        at++;
      }
      return at;
    }

    private boolean is(int at, char wanted) {
      return at < bytes.length && bytes[at] == wanted;
    }

    private int literal(String text, int start) throws MalformedPage {
      for (int i = 0; i < text.length(); i++) {
        if (!is(start + i, text.charAt(i))) {
          throw new MalformedPage("no value", start);
        }
      }
      return start + text.length();
    }

    private int colon(int start) throws MalformedPage {
      // Usually there is no space.
      if (start + 1 < bytes.length && bytes[start] == ':' && bytes[start + 1] > ' ') {
        return start + 1;
      }
      return space(expect(space(start), ':'));
    }

    private int expect(int at, char wanted) throws MalformedPage {
      if (byteAt(at) != wanted) {
        throw new MalformedPage("no " + wanted, at);
      }
      return at + 1;
    }

    private byte byteAt(int at) throws MalformedPage {
      if (at >= bytes.length) {
        throw new MalformedPage("the body ends early", at);
      }
      return bytes[at];
    }

    private int space(int start) {
      int at = start;
      while (at < bytes.length
          && bytes[at] <= ' '
          && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) {
        at++;
      }
      return at;
    }

    private void checkDepth(int depth, int at) throws MalformedPage {
      if (depth >= Json.NESTING_DEPTH_MAX) {
        throw new MalformedPage("nested deeper than " + Json.NESTING_DEPTH_MAX, at);
      }
    }
  }
}
