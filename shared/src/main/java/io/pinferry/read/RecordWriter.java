package io.pinferry.read;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.Digest;
import io.pinferry.base.Json;
import io.pinferry.operation.Selection;
import io.pinferry.operation.Work;
import io.pinferry.pinterest.FieldPaths;
import io.pinferry.pinterest.ListPage;
import io.pinferry.pinterest.ReadObject;
import io.pinferry.pinterest.TimeField;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Turns records of one partition into delivered ones: {@code {"fields":…, "mappedFields":…,
 * "raw":…}}. Works on byte ranges of the page; a record is never built as a tree. Values of secret
 * members become {@value #REDACTED} wherever they would appear; {@code null} stays null. Writes one
 * record at a time.
 *
 * <p>{@code raw} is the record as Pinterest sent it, and for records of a fan-out a first member
 * {@code _source} with the parameters that found it.
 */
final class RecordWriter {
  static final String SOURCE = "_source";
  static final String REDACTED = "[redacted]";

  private static final byte[] REDACTED_JSON = ("\"" + REDACTED + "\"").getBytes(UTF_8);
  private static final byte[] FIELDS = "{\"fields\":".getBytes(UTF_8);
  private static final byte[] MAPPED_FIELDS = ",\"mappedFields\":".getBytes(UTF_8);
  private static final byte[] RAW = ",\"raw\":{".getBytes(UTF_8);
  private static final byte[] SOURCE_NAME = ("\"" + SOURCE + "\":").getBytes(UTF_8);
  private static final String ID = "id";
  private static final int[] NO_REDACTIONS = {};

  private final ReadObject object;
  private final Selection selection;
  private final Map<String, String> source;
  private final byte[] sourceJson;
  private final FieldPaths paths;
  private final Map<List<String>, Integer> pathIndex = new LinkedHashMap<>();
  private final Shape fields;
  private final Shape mappedFields;

  /** What is delivered beside all members of the first level. */
  private final Shape besides = new Shape();

  /** Where all members are delivered: the ones left out, then the ones whose values are mapped. */
  private final int[] changeable;

  private final int leftOutCount;
  private final List<String> valuedNames;

  /** Which of {@link #changeable} the record that is written has, in its order. */
  private final int[] changed;

  private final int[] secrets;

  /** What secrets are in; as a whole secret where it is no object. */
  private final int[] secretParents;

  private final @Nullable Instant since;
  private final @Nullable Instant until;

  /**
   * @param source the partition's parameters; empty if it is not part of a fan-out
   * @param extraPaths further members to find, dotted; see {@link #text}
   */
  RecordWriter(Work.Read spec, Map<String, String> source, Collection<String> extraPaths) {
    this.object = spec.object();
    this.selection = spec.selection();
    this.source = new TreeMap<>(source);
    this.sourceJson = sourceJson(this.source);
    this.since = spec.period().since();
    this.until = spec.period().until();
    this.fields = new Shape();
    this.mappedFields = new Shape();
    Set<String> membersLeftOut = new LinkedHashSet<>();
    for (Selection.Mapping mapping : selection.mapped()) {
      mappedFields.add(mapping.target(), slot(mapping.source(), mapping.target()));
      if (mapping.source().names().size() == 1) {
        membersLeftOut.add(mapping.source().names().getFirst());
      }
    }
    for (Selection.Path path : selection.fields()) {
      Slot slot = slot(path, path);
      fields.add(path, slot);
      if (!(slot instanceof RecordValue)) {
        besides.add(path, slot);
        membersLeftOut.add(path.names().getFirst());
      } else if (path.names().size() == 1) {
        membersLeftOut.remove(path.names().getFirst());
      }
    }
    for (Selection.Path path : selection.fields()) {
      if (path.names().size() > 1 && membersLeftOut.contains(path.names().getFirst())) {
        besides.add(path, slot(path, path));
      }
    }
    List<List<String>> secretPaths =
        object.secretFields().stream().map(RecordWriter::dotted).toList();
    this.secrets = secretPaths.stream().mapToInt(this::index).toArray();
    this.secretParents =
        secretPaths.stream()
            .filter(path -> path.size() > 1)
            .map(path -> path.subList(0, path.size() - 1))
            .distinct()
            .mapToInt(this::index)
            .toArray();
    object.key().stream()
        .filter(key -> !key.startsWith(SOURCE + "."))
        .forEach(key -> index(dotted(key)));
    object.timeFields().stream().limit(1).forEach(time -> index(dotted(time.name())));
    extraPaths.forEach(path -> index(dotted(path)));
    List<String> leftOut = selection.all() ? List.copyOf(membersLeftOut) : List.of();
    this.leftOutCount = leftOut.size();
    this.valuedNames =
        selection.all()
            ? selection.values().keySet().stream().filter(name -> !leftOut.contains(name)).toList()
            : List.of();
    this.changeable =
        Stream.concat(leftOut.stream(), valuedNames.stream())
            .mapToInt(name -> index(List.of(name)))
            .toArray();
    this.changed = new int[changeable.length];
    this.paths = new FieldPaths(List.copyOf(pathIndex.keySet()));
  }

  /** Returns what a page has to be scanned for. */
  FieldPaths paths() {
    return paths;
  }

  /** Returns a member, dotted, of a record as text; it must be one of those asked for. */
  Optional<String> text(ListPage page, int record, String path) {
    Integer index = pathIndex.get(dotted(path));
    if (index == null) {
      throw new IllegalArgumentException("the page was not scanned for " + path);
    }
    return page.text(record, index);
  }

  /** Returns whether the record's time lies in the wanted range, or cannot be told. */
  boolean isWanted(ListPage page, int record) {
    if ((since == null && until == null) || object.timeFields().isEmpty()) {
      return true;
    }
    TimeField time = object.timeFields().getFirst();
    Optional<Instant> at = text(page, record, time.name()).flatMap(time::read);
    return at.isEmpty()
        || ((since == null || !at.get().isBefore(since))
            && (until == null || at.get().isBefore(until)));
  }

  /** Writes one record. */
  void write(ListPage page, int record, ByteSink out) {
    int[] redactions = redactions(page, record);
    out.put(FIELDS);
    if (selection.all()) {
      writeAll(page, record, redactions, out);
    } else {
      fields.write(page, record, redactions, out);
    }
    if (!selection.mapped().isEmpty()) {
      out.put(MAPPED_FIELDS);
      mappedFields.write(page, record, redactions, out);
    }
    out.put(RAW);
    int start = page.start(record) + 1;
    if (sourceJson.length > 0) {
      out.put(SOURCE_NAME).put(sourceJson);
      if (!isEmpty(page, record)) {
        out.put(',');
      }
    }
    copy(page, start, page.end(record), redactions, out);
    out.put('}');
  }

  private static boolean isEmpty(ListPage page, int record) {
    return page.body()[space(page.body(), page.start(record) + 1)] == '}';
  }

  /** Every member of the first level but the mapped ones, then what is selected beside them. */
  private void writeAll(ListPage page, int record, int[] redactions, ByteSink out) {
    byte[] body = page.body();
    int last = page.end(record) - 1;
    int changedCount = findChanged(page, record);
    if (changedCount == 0 && besides.isEmpty()) {
      copy(page, page.start(record), page.end(record), redactions, out);
      return;
    }
    out.put('{');
    boolean any = false;
    int from = space(body, page.start(record) + 1);
    for (int i = 0; i < changedCount; i++) {
      int member = changed[i];
      int nameStart = page.nameStart(record, changeable[member]);
      int valueStart = page.valueStart(record, changeable[member]);
      int valueEnd = page.valueEnd(record, changeable[member]);
      any = members(page, from, nameStart, any, redactions, out);
      if (member >= leftOutCount) {
        if (any) {
          out.put(',');
        }
        any = true;
        out.put(body, nameStart, valueStart);
        String name = valuedNames.get(member - leftOutCount);
        writeValue(page, valueStart, valueEnd, name, name, redactions, out);
      }
      from = space(body, valueEnd);
      if (body[from] == ',') {
        from = space(body, from + 1);
      }
    }
    any = members(page, from, last, any, redactions, out);
    besides.writeMembers(page, record, redactions, any, out);
    out.put('}');
  }

  /** Fills {@link #changed}; returns how many there are. */
  private int findChanged(ListPage page, int record) {
    int count = 0;
    for (int member = 0; member < changeable.length; member++) {
      int start = page.nameStart(record, changeable[member]);
      if (start >= 0) {
        int at = count++;
        while (at > 0 && page.nameStart(record, changeable[changed[at - 1]]) > start) {
          changed[at] = changed[at - 1];
          at--;
        }
        changed[at] = member;
      }
    }
    return count;
  }

  /** Copies members that follow one another as they are; returns whether there are any by now. */
  private static boolean members(
      ListPage page, int from, int to, boolean othersBefore, int[] redactions, ByteSink out) {
    int end = to;
    while (end > from && (page.body()[end - 1] == ',' || page.body()[end - 1] <= ' ')) {
      end--;
    }
    if (end == from) {
      return othersBefore;
    }
    if (othersBefore) {
      out.put(',');
    }
    copy(page, from, end, redactions, out);
    return true;
  }

  /** Returns where space between members ends; the page is JSON, so nothing else is as low. */
  private static int space(byte[] body, int start) {
    int at = start;
    while (body[at] <= ' ') {
      at++;
    }
    return at;
  }

  private void writeValue(
      ListPage page,
      int start,
      int end,
      String sourceName,
      String targetName,
      int[] redactions,
      ByteSink out) {
    byte[] mapped = mappedValue(page, start, end, sourceName, targetName, redactions);
    if (mapped != null) {
      out.put(mapped);
    } else {
      copy(page, start, end, redactions, out);
    }
  }

  private Slot slot(Selection.Path path, Selection.Path target) {
    List<String> names = path.names();
    if (names.getFirst().equals(SOURCE)) {
      return new SourceValue(names);
    }
    if (names.equals(List.of(ID)) && !object.hasOwnId()) {
      return new DerivedId();
    }
    return new RecordValue(index(names), path.text(), target.text());
  }

  private int index(List<String> path) {
    return pathIndex.computeIfAbsent(path, _ -> pathIndex.size());
  }

  private static List<String> dotted(String path) {
    return List.of(path.split("\\."));
  }

  /** Start and end of every secret value of the record that is not null, in their order. */
  private int[] redactions(ListPage page, int record) {
    if (secrets.length == 0) {
      return NO_REDACTIONS;
    }
    List<int[]> spans = new ArrayList<>();
    for (int index : secrets) {
      int start = page.valueStart(record, index);
      if (start >= 0 && page.body()[start] != 'n') {
        spans.add(new int[] {start, page.valueEnd(record, index)});
      }
    }
    for (int index : secretParents) {
      int start = page.valueStart(record, index);
      if (start >= 0 && page.body()[start] != 'n' && page.body()[start] != '{') {
        spans.add(new int[] {start, page.valueEnd(record, index)});
      }
    }
    return spans.stream()
        .sorted((a, b) -> Integer.compare(a[0], b[0]))
        .flatMapToInt(Arrays::stream)
        .toArray();
  }

  /** Copies a range of the page, with the secrets in it replaced. */
  private static void copy(ListPage page, int start, int end, int[] redactions, ByteSink out) {
    int from = start;
    for (int i = 0; i < redactions.length; i += 2) {
      if (redactions[i] <= start && redactions[i + 1] >= end) {
        out.put(REDACTED_JSON);
        return;
      }
      if (redactions[i] >= from && redactions[i + 1] <= end) {
        out.put(page.body(), from, redactions[i]).put(REDACTED_JSON);
        from = redactions[i + 1];
      }
    }
    out.put(page.body(), from, end);
  }

  /** Returns what is delivered instead of a value; null if it is the value itself. */
  private byte @Nullable [] mappedValue(
      ListPage page, int start, int end, String sourceName, String targetName, int[] redactions) {
    if (selection.values().isEmpty() || holdsSecret(start, end, redactions)) {
      return null;
    }
    Map<String, String> map =
        selection.values().getOrDefault(targetName, selection.values().get(sourceName));
    if (map == null) {
      return null;
    }
    String value =
        page.body()[start] == '"'
            ? page.content(start, end)
            : new String(page.body(), start, end - start, UTF_8);
    String delivered = map.get(value);
    return delivered == null ? null : quoted(delivered);
  }

  private static boolean holdsSecret(int start, int end, int[] redactions) {
    for (int i = 0; i < redactions.length; i += 2) {
      if (redactions[i] < end && redactions[i + 1] > start) {
        return true;
      }
    }
    return false;
  }

  private static byte[] quoted(String text) {
    return Json.bytes(Json.object().textNode(text));
  }

  private static byte[] sourceJson(Map<String, String> source) {
    if (source.isEmpty()) {
      return new byte[0];
    }
    var json = Json.object();
    source.forEach(json::put);
    return Json.bytes(json);
  }

  /** Where a delivered value comes from. */
  private sealed interface Slot {
    boolean isPresent(ListPage page, int record);

    void write(ListPage page, int record, int[] redactions, ByteSink out);
  }

  private final class RecordValue implements Slot {
    private final int index;
    private final String sourceName;
    private final String targetName;

    RecordValue(int index, String sourceName, String targetName) {
      this.index = index;
      this.sourceName = sourceName;
      this.targetName = targetName;
    }

    @Override
    public boolean isPresent(ListPage page, int record) {
      return page.valueStart(record, index) >= 0;
    }

    @Override
    public void write(ListPage page, int record, int[] redactions, ByteSink out) {
      writeValue(
          page,
          page.valueStart(record, index),
          page.valueEnd(record, index),
          sourceName,
          targetName,
          redactions,
          out);
    }
  }

  /** For objects whose records have no id: the key itself, or a digest of its parts. */
  private final class DerivedId implements Slot {
    @Override
    public boolean isPresent(ListPage page, int record) {
      return true;
    }

    @Override
    public void write(ListPage page, int record, int[] redactions, ByteSink out) {
      List<String> parts = new ArrayList<>();
      for (String key : object.key()) {
        parts.add(
            key.startsWith(SOURCE + ".")
                ? source.getOrDefault(key.substring(SOURCE.length() + 1), "")
                : text(page, record, key).orElse(""));
      }
      out.put(
          quoted(
              parts.size() == 1
                  ? parts.getFirst()
                  : Digest.of(parts.toArray(String[]::new)).hex(12)));
    }
  }

  private final class SourceValue implements Slot {
    private final byte @Nullable [] json;

    SourceValue(List<String> names) {
      this.json =
          names.size() == 1
              ? (sourceJson.length > 0 ? sourceJson : null)
              : names.size() == 2 && source.containsKey(names.get(1))
                  ? quoted(String.valueOf(source.get(names.get(1))))
                  : null;
    }

    @Override
    public boolean isPresent(ListPage page, int record) {
      return json != null;
    }

    @Override
    public void write(ListPage page, int record, int[] redactions, ByteSink out) {
      if (json != null) {
        out.put(json);
      }
    }
  }

  /** An object to deliver: its members in their order, each a value or an object again. */
  private static final class Shape {
    private final Map<String, Value> values = new LinkedHashMap<>();
    private final Map<String, Inner> objects = new LinkedHashMap<>();

    private record Value(byte[] nameAndColon, Slot slot) {}

    private record Inner(byte[] nameAndColon, Shape shape) {}

    boolean isEmpty() {
      return values.isEmpty() && objects.isEmpty();
    }

    void add(Selection.Path target, Slot slot) {
      Shape shape = this;
      List<String> path = target.names();
      for (String name : path.subList(0, path.size() - 1)) {
        shape =
            shape
                .objects
                .computeIfAbsent(name, _ -> new Inner(nameAndColon(name), new Shape()))
                .shape();
      }
      shape.values.put(path.getLast(), new Value(nameAndColon(path.getLast()), slot));
    }

    private static byte[] nameAndColon(String name) {
      return (Json.text(Json.object().textNode(name)) + ":").getBytes(UTF_8);
    }

    /** Writes the object; members the record lacks are left out. Returns whether any was there. */
    boolean write(ListPage page, int record, int[] redactions, ByteSink out) {
      out.put('{');
      boolean any = writeMembers(page, record, redactions, false, out);
      out.put('}');
      return any;
    }

    /** Writes the members only, after others if so; returns whether there are any now. */
    boolean writeMembers(
        ListPage page, int record, int[] redactions, boolean othersBefore, ByteSink out) {
      boolean any = othersBefore;
      for (Value value : values.values()) {
        if (value.slot().isPresent(page, record)) {
          name(value.nameAndColon(), any, out);
          value.slot().write(page, record, redactions, out);
          any = true;
        }
      }
      for (Map.Entry<String, Inner> object : objects.entrySet()) {
        Value whole = values.get(object.getKey());
        if (whole != null && whole.slot().isPresent(page, record)) {
          // A part of what is delivered whole; the name must not be there twice.
          continue;
        }
        int before = out.length();
        name(object.getValue().nameAndColon(), any, out);
        if (object.getValue().shape().write(page, record, redactions, out)) {
          any = true;
        } else {
          out.truncate(before);
        }
      }
      return any;
    }

    private static void name(byte[] nameAndColon, boolean comma, ByteSink out) {
      if (comma) {
        out.put(',');
      }
      out.put(nameAndColon);
    }
  }
}
