package io.pinferry.base;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.operation.LogLine;
import io.pinferry.operation.OperationStatus;
import io.pinferry.read.PartitionState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the forms in which documents, queue messages and secrets are stored. Each file of {@code
 * stored/} is such a form, named by the type that it is read as, with a word after it where a type
 * has several.
 *
 * <p>A stored form stays readable for ever. When a type changes, its file is renamed to {@code
 * Type.old1.json} (or the next number), stays as it is and is only read; the new form gets a file
 * of its own. Each member and each variant of a type is in one of its forms, and {@code
 * stored-words.json} has the words of enums; {@code -Dpinferry.stored=write} adds new ones.
 */
final class StoredFormsTest {
  private static final Path FORMS = Path.of("src/test/resources/stored");
  private static final Path WORDS = Path.of("src/test/resources/stored-words.json");
  private static final Path SOURCES = Path.of("src/main/java");
  private static final String PACKAGE = "io.pinferry.";

  /** The name of a type, and a word for one of its forms. */
  private static final Pattern FILE =
      Pattern.compile("([\\w.]*?\\.[A-Z][\\w$]*)(?:\\.[a-z]+[0-9]*)?\\.json");

  private static final Pattern READ_AS =
      Pattern.compile("(?:Codec\\.(?:stored|parse)\\(|new Documents<>\\(store,)\\s*(\\w+)\\.class");

  /** Types that read some members of another type's form, or a form that AWS defines. */
  private static final Set<String> WITHOUT_FORM =
      Set.of(
          "io.pinferry.aws.SqsBatch$Event",
          "io.pinferry.manifest.RevisionReader$Content",
          "io.pinferry.notification.Outbox$Kind");

  /** Enums that stores write into items by their names. */
  private static final List<Class<?>> ENUMS_IN_ITEMS =
      List.of(OperationStatus.class, LogLine.Severity.class, PartitionState.class);

  static List<String> forms() throws IOException {
    try (Stream<Path> files = Files.list(FORMS)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static String typeOf(String form) {
    Matcher file = FILE.matcher(form);
    assertThat(file.matches()).as(form).isTrue();
    return file.group(1);
  }

  private static JsonNode read(String form) throws IOException {
    return Json.parse(Files.readAllBytes(FORMS.resolve(form)));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void eachFormIsStillReadAndWritten(String form) throws Exception {
    Class<?> type = Class.forName(typeOf(form));
    JsonNode stored = read(form);

    Object value = Codec.stored(type, Json.text(stored));

    if (!form.contains(".old")) {
      assertThat(Json.trusted(Codec.secret(value).value())).isEqualTo(stored);
    }
  }

  @Test
  void aQueuedMessageIsItsHeadAndItsBody() throws IOException {
    String head = Json.text(read("io.pinferry.delivery.DeliveryMessage$Head.json"));
    String json = head.substring(0, head.length() - 1) + ",\"body\":{\"result\":[1, 2]}}";

    DeliveryMessage message = DeliveryMessage.fromJson(json.getBytes(UTF_8));

    assertThat(new String(message.body(), UTF_8)).isEqualTo("{\"result\":[1, 2]}");
    assertThat(new String(message.toJson(), UTF_8)).isEqualTo(json);
  }

  @Test
  void eachMemberAndEachVariantIsInAForm() throws Exception {
    var members = new StoredMembers();
    for (String form : forms()) {
      members.see(Class.forName(typeOf(form)), read(form));
    }

    assertThat(members.unseen()).isEmpty();
  }

  /** A form has one word of an enum; here are all that were ever stored. */
  @Test
  void eachWordIsStillRead() throws Exception {
    var members = new StoredMembers();
    for (String form : forms()) {
      members.see(Class.forName(typeOf(form)), read(form));
    }
    Set<Class<?>> enums = new LinkedHashSet<>(members.enums());
    enums.addAll(ENUMS_IN_ITEMS);
    ObjectNode words = (ObjectNode) Json.parse(Files.readAllBytes(WORDS));
    for (Class<?> type : enums) {
      ArrayNode known = words.withArray("/" + type.getName());
      Set<String> texts = new TreeSet<>();
      for (JsonNode word : known) {
        Codec.stored(type, Json.text(word));
        texts.add(word.asText());
      }
      for (Object constant : type.getEnumConstants()) {
        String word = Json.trusted(Codec.text(constant)).asText();
        if ("write".equals(System.getProperty("pinferry.stored")) && texts.add(word)) {
          known.add(word);
        }
        assertThat(texts).as(type.getName()).contains(word);
      }
    }
    if ("write".equals(System.getProperty("pinferry.stored"))) {
      Files.writeString(WORDS, words.toPrettyString() + "\n");
    }

    assertThat(words.propertyStream().map(Map.Entry::getKey))
        .containsExactlyInAnyOrderElementsOf(enums.stream().map(Class::getName).toList());
  }

  @Test
  void eachTypeThatIsReadHasAForm() throws IOException {
    Set<String> types = new TreeSet<>();
    for (String form : forms()) {
      types.add(typeOf(form));
    }
    types.addAll(WITHOUT_FORM);

    assertThat(types).isEqualTo(typesRead());
  }

  private static Set<String> typesRead() throws IOException {
    Set<String> types = new TreeSet<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(name -> name.toString().endsWith(".java")).toList()) {
        String source = Files.readString(file);
        Matcher readAs = READ_AS.matcher(source);
        while (readAs.find()) {
          types.add(type(file, source, readAs.group(1)));
        }
      }
    }
    return types;
  }

  /** Returns the name of a class as a source file knows it: imported, nested or beside it. */
  private static String type(Path file, String source, String name) {
    Matcher imported =
        Pattern.compile("import (io\\.pinferry\\.[\\w.]*\\." + name + ");").matcher(source);
    if (imported.find()) {
      return imported.group(1).replaceFirst("\\.([A-Z]\\w*)\\.", ".$1\\$");
    }
    String outer = SOURCES.relativize(file).toString().replace(".java", "").replace('/', '.');
    assertThat(outer).startsWith(PACKAGE);
    return Pattern.compile("record " + name + "\\(").matcher(source).find()
            && !outer.endsWith("." + name)
        ? outer + "$" + name
        : outer.substring(0, outer.lastIndexOf('.') + 1) + name;
  }
}
