package io.pinferry.local.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.local.RepositoryRoot;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.pinterest.ReadableObject;
import io.pinferry.pinterest.WritableObject;
import io.pinferry.pinterest.WriteCatalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Collection;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of scopes in docs/getting-started.md is that of the catalogue. */
final class ScopesPageTest {
  private static final String MARK = "<!-- scopes: generated -->\n\n";

  @Test
  void thePageHasTheScopesOfTheCatalogue() throws IOException {
    String page = Files.readString(RepositoryRoot.file("docs/getting-started.md"));
    int start = page.indexOf(MARK) + MARK.length();

    assertThat(page.substring(start, page.indexOf("\n\n", start) + 1)).isEqualTo(table());
  }

  private static String table() {
    var names = new TreeSet<>(ReadCatalogue.names());
    WriteCatalogue.all().forEach(object -> names.add(object.name()));
    var table = new StringBuilder("| object | to read | to write |\n|---|---|---|\n");
    for (String name : names) {
      table
          .append("| ")
          .append(name)
          .append(" | ")
          .append(ReadCatalogue.names().contains(name) ? read(ReadCatalogue.get(name)) : "-")
          .append(" | ")
          .append(WriteCatalogue.find(name).map(ScopesPageTest::write).orElse("-"))
          .append(" |\n");
    }
    return table.toString();
  }

  private static String read(ReadableObject object) {
    return text(
        object.plans().stream()
            .flatMap(
                plan -> plan.roots().stream().map(root -> plan.scopesFrom(plan.step(root.step()))))
            .flatMap(Collection::stream)
            .toList());
  }

  private static String write(WritableObject object) {
    return text(object.calls().values().stream().flatMap(call -> call.scopes().stream()).toList());
  }

  private static String text(Collection<String> scopes) {
    return Optional.of(
            new TreeSet<>(scopes)
                .stream().map(scope -> "`" + scope + "`").collect(Collectors.joining(", ")))
        .filter(text -> !text.isEmpty())
        .orElse("none");
  }
}
