package io.pinferry.pinterest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.Json;
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

  private static final VarHandle FOUR =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int TRUE = four("true");
  private static final int NULL = four("null");
  private static final int FALSE_AFTER_F = four("alse");

  /** How many forms of records of one page are known; there are some ten. */
  private static final int FORMS_MAX = 64;

  /** After so many more records whose form was not known than others, no more forms are tried. */
  private static final int FORMLESS_MAX = 16;

  private static final long EACH = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private final byte[] body;
  private final int pathCount;
  private int recordCount;
  private @Nullable String bookmark;

  /** Per record: start, end, then of each path's member: start, start and end of its value. */
  private int[] spans;

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

  /** Returns where the name of the member at a path begins, at its quote; -1 if it has none. */
  public int nameStart(int record, int path) {
    return spans[record * stride() + 2 + 3 * path];
  }

  /** Returns where the value at a path begins in a record; -1 if it has none. */
  public int valueStart(int record, int path) {
    return spans[record * stride() + 3 + 3 * path];
  }

  /** Returns where the value at a path ends, exclusive; -1 if the record has none. */
  public int valueEnd(int record, int path) {
    return spans[record * stride() + 4 + 3 * path];
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
   * Returns the content of a string.
   *
   * @param start the position of its first quote
   * @param end the position after its last quote
   */
  public String content(int start, int end) {
    return string(start, end);
  }

  private static int four(String ascii) {
    return (int) FOUR.get(ascii.getBytes(UTF_8), 0);
  }

  private int stride() {
    return 2 + 3 * pathCount;
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

    /** Forms of records before. */
    private final RecordForm.Known forms = new RecordForm.Known(body);

    private int formCount;

    /** Records whose form was not known, less those whose form was. */
    private int formless;

    /** Start and end of each scalar of the record that is scanned. */
    private int[] gaps = new int[64];

    private int gapCount;

    /** Where the segments of the record that is matched begin. */
    private int[] segmentStarts = new int[32];

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
        int end = formless > FORMLESS_MAX ? ABSENT : recordOfKnownForm(at, offset);
        if (end == ABSENT) {
          end = recordOfNewForm(at, offset);
        }
        spans[offset] = at;
        spans[offset + 1] = end;
        at = next(end, ']');
      }
      return ~at;
    }

    private int recordOfNewForm(int start, int offset) throws MalformedPage {
      gapCount = 0;
      escapeAt = ABSENT;
      int end = object(paths.root(), start, offset, 3);
      formless++;
      if (formCount < FORMS_MAX) {
        formCount++;
        forms.add(
            new RecordForm(
                start,
                end,
                gaps,
                gapCount,
                Arrays.copyOfRange(spans, offset + 2, offset + stride())));
      }
      return end;
    }

    /** Returns where the record ends; {@link #ABSENT} if its form is not known. */
    private int recordOfKnownForm(int start, int offset) throws MalformedPage {
      if (forms.depthMax() > segmentStarts.length) {
        segmentStarts = new int[forms.depthMax()];
      }
      int at = start;
      RecordForm.Segment segment = forms.first();
      for (int depth = 0; segment != null; depth++) {
        while (segment != null && !fits(segment, at)) {
          segment = segment.other();
        }
        if (segment == null) {
          return ABSENT;
        }
        segmentStarts[depth] = at;
        at += segment.length();
        RecordForm form = segment.form();
        if (form != null) {
          form.place(segmentStarts, spans, offset + 2);
          formless--;
          return at;
        }
        byte first = bytes[at];
        at = first == '"' ? string(at) : scalar(first, at);
        segment = segment.next();
      }
      return ABSENT;
    }

    /** Returns whether a segment is there, and after it a scalar or the end of the record. */
    private boolean fits(RecordForm.Segment segment, int at) {
      int end = at + segment.length();
      if (!same(segment.start(), at, segment.length())) {
        return false;
      }
      return segment.form() != null || (end < bytes.length && beginsScalar(bytes[end]));
    }

    private static boolean beginsScalar(byte first) {
      return first == '"'
          || (first >= '0' && first <= '9')
          || first == '-'
          || first == 't'
          || first == 'f'
          || first == 'n';
    }

    /** Returns whether the bytes from two positions are the same. */
    private boolean same(int known, int start, int length) {
      if (start + length + Long.BYTES > bytes.length) {
        return start + length <= bytes.length
            && Arrays.equals(bytes, known, known + length, bytes, start, start + length);
      }
      int i = 0;
      for (; i <= length - Long.BYTES; i += Long.BYTES) {
        if ((long) EIGHT.get(bytes, known + i) != (long) EIGHT.get(bytes, start + i)) {
          return false;
        }
      }
      // Of the last eight bytes, those beyond the length are shifted out.
      long differences = (long) EIGHT.get(bytes, known + i) ^ (long) EIGHT.get(bytes, start + i);
      return i == length || differences << (Long.SIZE - Byte.SIZE * (length - i)) == 0;
    }

    private int gap(int start, int end) {
      if (gapCount == gaps.length) {
        gaps = Arrays.copyOf(gaps, 2 * gapCount);
      }
      gaps[gapCount++] = start;
      gaps[gapCount++] = end;
      return end;
    }

    private int newRecord() {
      int offset = recordCount * stride();
      if (offset + stride() > spans.length) {
        spans = Arrays.copyOf(spans, spans.length * 2);
      }
      Arrays.fill(spans, offset, offset + stride(), ABSENT);
      recordCount++;
      return offset;
    }

    /** Scans an object, noting members of the paths below the node. */
    private int object(FieldPaths.Node node, int start, int offset, int depth)
        throws MalformedPage {
      int at = start + 1;
      for (at = first(at, '}'); at >= 0; ) {
        int nameEnd = string(at);
        FieldPaths.Node child = child(node, at, nameEnd);
        int valueStart = colon(nameEnd);
        int valueEnd;
        if (child != null && child.hasChildren() && byteAt(valueStart) == '{') {
          checkDepth(depth, valueStart);
          valueEnd = object(child, valueStart, offset, depth + 1);
        } else {
          valueEnd = value(valueStart, depth);
        }
        if (child != null) {
          for (int index : child.indexes()) {
            int span = offset + 2 + 3 * index;
            requireFirst(spans[span] != ABSENT, valueStart);
            spans[span] = at;
            spans[span + 1] = valueStart;
            spans[span + 2] = valueEnd;
          }
        }
        at = next(valueEnd, '}');
      }
      return ~at;
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
          at = gap(at, string(at));
        } else {
          at = gap(at, scalar(first, at));
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
        case 't' -> literal(TRUE, start, start);
        case 'f' -> literal(FALSE_AFTER_F, start + 1, start);
        case 'n' -> literal(NULL, start, start);
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

    private int literal(int four, int at, int start) throws MalformedPage {
      if (at > bytes.length - Integer.BYTES || (int) FOUR.get(bytes, at) != four) {
        throw new MalformedPage("no value", start);
      }
      return at + Integer.BYTES;
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
