package io.pinbridge.pinterest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinbridge.base.Json;
import java.util.Arrays;
import java.util.List;
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

  private final byte[] body;
  private final int pathCount;
  private int recordCount;
  private @Nullable String bookmark;

  /** Per record: start, end, then start and end of the value at each path. */
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
   */
  public int[] members(int record) {
    try {
      return new Scanner(new FieldPaths(List.of())).members(start(record));
    } catch (MalformedPage e) {
      throw new IllegalStateException("a scanned record cannot be scanned again", e);
    }
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

  private final class Scanner {
    private final FieldPaths paths;
    private int at;

    Scanner(FieldPaths paths) {
      this.paths = paths;
    }

    void page() throws MalformedPage {
      boolean itemsSeen = false;
      boolean bookmarkSeen = false;
      skipSpace();
      expect('{');
      while (nextMember('}')) {
        int nameStart = at;
        string();
        int nameEnd = at;
        colon();
        String name = ListPage.this.string(nameStart, nameEnd);
        if (name.equals("items")) {
          requireFirst(itemsSeen);
          items();
          itemsSeen = true;
        } else if (name.equals("bookmark")) {
          requireFirst(bookmarkSeen);
          bookmarkSeen = true;
          int start = at;
          value(1);
          bookmark = body[start] == '"' ? ListPage.this.string(start, at) : null;
        } else {
          value(1);
        }
        skipSpace();
      }
      skipSpace();
      if (at != body.length) {
        throw new MalformedPage("text after the page", at);
      }
      if (!itemsSeen) {
        throw new MalformedPage("no items", at);
      }
    }

    private void requireFirst(boolean seen) throws MalformedPage {
      if (seen) {
        throw new MalformedPage("a member that was there before", at);
      }
    }

    private void items() throws MalformedPage {
      expect('[');
      while (nextMember(']')) {
        if (peek() != '{') {
          throw new MalformedPage("an item that is no object", at);
        }
        int offset = newRecord();
        spans[offset] = at;
        object(paths.root(), offset, 3);
        spans[offset + 1] = at;
        skipSpace();
      }
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

    /** Scans an object, noting values of the paths below the node. */
    private void object(FieldPaths.Node node, int offset, int depth) throws MalformedPage {
      expect('{');
      while (nextMember('}')) {
        int nameStart = at;
        boolean plainName = string();
        FieldPaths.Node child = child(node, nameStart, at, plainName);
        colon();
        int valueStart = at;
        if (child != null && child.hasChildren() && peek() == '{') {
          checkDepth(depth);
          object(child, offset, depth + 1);
        } else {
          value(depth);
        }
        if (child != null) {
          for (int index : child.indexes()) {
            requireFirst(spans[offset + 2 + 2 * index] != ABSENT);
            spans[offset + 2 + 2 * index] = valueStart;
            spans[offset + 3 + 2 * index] = at;
          }
        }
        skipSpace();
      }
    }

    private FieldPaths.@Nullable Node child(
        FieldPaths.Node node, int nameStart, int nameEnd, boolean plainName) {
      if (plainName) {
        return node.child(body, nameStart + 1, nameEnd - 1);
      }
      byte[] name = escaped(nameStart, nameEnd).getBytes(UTF_8);
      return node.child(name, 0, name.length);
    }

    int[] members(int start) throws MalformedPage {
      int[] found = new int[4 * 32];
      int count = 0;
      at = start;
      expect('{');
      while (nextMember('}')) {
        if (count == found.length) {
          found = Arrays.copyOf(found, count * 2);
        }
        found[count++] = at;
        string();
        found[count++] = at;
        colon();
        found[count++] = at;
        value(3);
        found[count++] = at;
        skipSpace();
      }
      return Arrays.copyOf(found, count);
    }

    /**
     * Moves to the next member of an object or array, over the comma; or over the end, and returns
     * false. Called at the position after the opening bracket or a member, spaces skipped.
     */
    private boolean nextMember(char close) throws MalformedPage {
      boolean first = body[at - 1] == '{' || body[at - 1] == '[';
      skipSpace();
      byte next = peek();
      if (next == close) {
        at++;
        return false;
      }
      if (!first || next == ',') {
        if (next != ',' || first) {
          throw new MalformedPage("no comma or end", at);
        }
        at++;
        skipSpace();
      }
      return true;
    }

    private void value(int depth) throws MalformedPage {
      byte first = peek();
      switch (first) {
        case '"' -> string();
        case '{' -> {
          checkDepth(depth);
          at++;
          skipContainer('}', depth);
        }
        case '[' -> {
          checkDepth(depth);
          at++;
          skipContainer(']', depth);
        }
        case 't' -> literal("true");
        case 'f' -> literal("false");
        case 'n' -> literal("null");
        default -> number();
      }
    }

    private void skipContainer(char close, int depth) throws MalformedPage {
      boolean first = true;
      while (true) {
        skipSpace();
        byte next = peek();
        if (next == close) {
          at++;
          return;
        }
        if (!first) {
          if (next != ',') {
            throw new MalformedPage("no comma or end", at);
          }
          at++;
          skipSpace();
        }
        first = false;
        if (close == '}') {
          string();
          colon();
        }
        value(depth + 1);
      }
    }

    /** Scans a string; returns whether it has no escapes. */
    private boolean string() throws MalformedPage {
      if (peek() != '"') {
        throw new MalformedPage("no string", at);
      }
      boolean plain = true;
      int i = at + 1;
      while (i < body.length) {
        byte b = body[i];
        if (b == '"') {
          at = i + 1;
          return plain;
        }
        if (b == '\\') {
          plain = false;
          i = escape(i);
        } else if (b >= 0 && b < ' ') {
          throw new MalformedPage("a control character in a string", i);
        } else {
          i++;
        }
      }
      throw new MalformedPage("a string without end", body.length);
    }

    private int escape(int backslash) throws MalformedPage {
      if (backslash + 1 < body.length) {
        switch (body[backslash + 1]) {
          case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
            return backslash + 2;
          }
          case 'u' -> {
            int end = backslash + 6;
            boolean hex = end <= body.length;
            for (int i = backslash + 2; hex && i < end; i++) {
              hex = Character.digit(body[i], 16) >= 0;
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

    private void number() throws MalformedPage {
      int start = at;
      if (at < body.length && body[at] == '-') {
        at++;
      }
      boolean leadingZero = at < body.length && body[at] == '0';
      int whole = digits();
      if (whole == 0 || (leadingZero && whole > 1)) {
        throw new MalformedPage("no value", start);
      }
      if (at < body.length && body[at] == '.') {
        at++;
        requireDigits(start);
      }
      if (at < body.length && (body[at] == 'e' || body[at] == 'E')) {
        at++;
        if (at < body.length && (body[at] == '+' || body[at] == '-')) {
          at++;
        }
        requireDigits(start);
      }
    }

    private void requireDigits(int start) throws MalformedPage {
      if (digits() == 0) {
        throw new MalformedPage("no number", start);
      }
    }

    private int digits() {
      int start = at;
      while (at < body.length && body[at] >= '0' && body[at] <= '9') {
        at++;
      }
      return at - start;
    }

    private void literal(String text) throws MalformedPage {
      for (int i = 0; i < text.length(); i++) {
        if (at + i >= body.length || body[at + i] != text.charAt(i)) {
          throw new MalformedPage("no value", at);
        }
      }
      at += text.length();
    }

    private void colon() throws MalformedPage {
      skipSpace();
      expect(':');
      skipSpace();
    }

    private void expect(char wanted) throws MalformedPage {
      if (peek() != wanted) {
        throw new MalformedPage("no " + wanted, at);
      }
      at++;
    }

    private byte peek() throws MalformedPage {
      if (at >= body.length) {
        throw new MalformedPage("the body ends early", at);
      }
      return body[at];
    }

    private void skipSpace() {
      while (at < body.length
          && (body[at] == ' ' || body[at] == '\n' || body[at] == '\r' || body[at] == '\t')) {
        at++;
      }
    }

    private void checkDepth(int depth) throws MalformedPage {
      if (depth >= Json.NESTING_DEPTH_MAX) {
        throw new MalformedPage("nested deeper than " + Json.NESTING_DEPTH_MAX, at);
      }
    }
  }
}
