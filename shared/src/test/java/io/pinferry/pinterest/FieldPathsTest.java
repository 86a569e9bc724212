package io.pinferry.pinterest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class FieldPathsTest {
  @Test
  void pathsAreKeptInTheirOrder() {
    var paths = new FieldPaths(List.of(List.of("b"), List.of("a", "b")));

    assertThat(paths.size()).isEqualTo(2);
    assertThat(paths.path(0)).containsExactly("b");
    assertThat(paths.path(1)).containsExactly("a", "b");
  }

  @Test
  void aPathMayBeTheBeginningOfAnother() throws MalformedPage {
    var paths = new FieldPaths(List.of(List.of("owner", "id"), List.of("owner")));

    ListPage page = scan("{\"items\":[{\"owner\":{\"x\":0,\"id\":\"7\"}}]}", paths);

    assertThat(page.text(0, 0)).contains("7");
    assertThat(page.text(0, 1)).contains("{\"x\":0,\"id\":\"7\"}");
  }

  @Test
  void thePathThatIsAskedForTwiceIsFoundTwice() throws MalformedPage {
    var paths = new FieldPaths(List.of(List.of("id"), List.of("id")));

    ListPage page = scan("{\"items\":[{\"id\":\"7\"}]}", paths);

    assertThat(page.text(0, 0)).contains("7");
    assertThat(page.text(0, 1)).contains("7");
  }

  @Test
  void onlyWholeNamesMatch() throws MalformedPage {
    var paths = new FieldPaths(List.of(List.of("id"), List.of("created_at")));

    ListPage page = scan("{\"items\":[{\"idx\":1,\"i\":2,\"created\":3,\"x\":{\"id\":4}}]}", paths);

    assertThat(page.text(0, 0)).isEmpty();
    assertThat(page.text(0, 1)).isEmpty();
  }

  @Test
  void aPathThroughSomethingElseThanAnObjectLeadsNowhere() throws MalformedPage {
    var paths = new FieldPaths(List.of(List.of("owner", "id")));

    ListPage page =
        scan("{\"items\":[{\"owner\":[{\"id\":1}]},{\"owner\":null},{\"owner\":\"id\"}]}", paths);

    for (int record = 0; record < 3; record++) {
      assertThat(page.text(record, 0)).isEmpty();
    }
  }

  private static ListPage scan(String json, FieldPaths paths) throws MalformedPage {
    return ListPage.scan(json.getBytes(UTF_8), paths);
  }
}
