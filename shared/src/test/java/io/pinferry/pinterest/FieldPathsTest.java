package io.pinferry.pinterest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class FieldPathsTest {
  private final FieldPaths paths = new FieldPaths();

  @Test
  void indexesCountInTheOrderOfAdding() {
    assertThat(paths.add(List.of("b"))).isZero();
    assertThat(paths.add(List.of("a", "b"))).isEqualTo(1);

    assertThat(paths.indexOf(List.of("b"))).isZero();
    assertThat(paths.indexOf(List.of("a", "b"))).isEqualTo(1);
  }

  @Test
  void aPathThatWasNotAddedHasNoIndex() {
    paths.add(List.of("a", "b"));

    assertThatThrownBy(() -> paths.indexOf(List.of("a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("pages are not searched for a");
  }

  @Test
  void aPathMayBeTheBeginningOfAnother() throws MalformedPage {
    int id = paths.add(List.of("owner", "id"));
    int owner = paths.add(List.of("owner"));

    PageRecord record = read("{\"owner\":{\"x\":0,\"id\":\"7\"}}").getFirst();

    assertThat(record.text(id)).contains("7");
    assertThat(record.text(owner)).contains("{\"x\":0,\"id\":\"7\"}");
  }

  @Test
  void aPathThatIsAddedTwiceHasOneIndex() throws MalformedPage {
    int once = paths.add(List.of("id"));

    assertThat(paths.add(List.of("id"))).isEqualTo(once);
    assertThat(read("{\"id\":\"7\"}").getFirst().text(once)).contains("7");
  }

  @Test
  void onlyWholeNamesMatch() throws MalformedPage {
    int id = paths.add(List.of("id"));
    int createdAt = paths.add(List.of("created_at"));

    PageRecord record = read("{\"idx\":1,\"i\":2,\"created\":3,\"x\":{\"id\":4}}").getFirst();

    assertThat(record.text(id)).isEmpty();
    assertThat(record.text(createdAt)).isEmpty();
  }

  @Test
  void aPathThroughSomethingElseThanAnObjectLeadsNowhere() throws MalformedPage {
    int id = paths.add(List.of("owner", "id"));

    List<PageRecord> records = read("{\"owner\":[{\"id\":1}]},{\"owner\":null},{\"owner\":\"id\"}");

    assertThat(records).hasSize(3).allSatisfy(record -> assertThat(record.text(id)).isEmpty());
  }

  @Test
  void secretsAreReplacedAndNothingIsFoundInThem() throws MalformedPage {
    paths.addSecret(List.of("login", "password"));
    int inside = paths.add(List.of("login", "password", "x"));
    int user = paths.add(List.of("login", "user"));

    List<PageRecord> records =
        read(
            "{\"login\":{\"password\":{\"x\":\"S\"},\"user\":\"ana\"}},"
                + "{\"login\":{\"password\":null}},{\"login\":[\"S\"]},{\"login\":null}");

    assertThat(records.stream().map(FieldPathsTest::json))
        .containsExactly(
            "{\"login\":{\"password\":\"[redacted]\",\"user\":\"ana\"}}",
            "{\"login\":{\"password\":null}}",
            "{\"login\":\"[redacted]\"}",
            "{\"login\":null}");
    assertThat(records.getFirst().text(inside)).isEmpty();
    assertThat(records.getFirst().text(user)).contains("ana");
  }

  private List<PageRecord> read(String records) throws MalformedPage {
    return ListPage.read(("{\"items\":[" + records + "]}").getBytes(UTF_8), paths).records();
  }

  private static String json(PageRecord record) {
    return new String(record.body(), record.start(), record.end() - record.start(), UTF_8);
  }
}
