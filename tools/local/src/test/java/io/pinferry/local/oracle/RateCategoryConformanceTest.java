package io.pinferry.local.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinferry.local.RepositoryRoot;
import io.pinferry.pinterest.RateCategory;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Which budget a request takes from, held against the category that Pinterest's document names. */
final class RateCategoryConformanceTest {
  private static final Set<String> METHODS = Set.of("get", "post", "patch", "put", "delete");

  /** Two operations each that nobody has seen the limits of; they count as advertising. */
  private static final Set<String> OF_THEIR_OWN =
      Set.of("advanced_auction_read", "advanced_auction_write", "msot_write");

  @Test
  void everyOperationOfTheDocumentTakesFromItsBudget() throws IOException {
    PinterestOracle.orSkip();
    var document =
        new ObjectMapper()
            .readTree(RepositoryRoot.oracle().resolve("pinterest-v5-openapi.json").toFile());
    Set<String> wrong = new TreeSet<>();
    int count = 0;
    for (var path : document.get("paths").properties()) {
      for (var operation : path.getValue().properties()) {
        String named = operation.getValue().path("x-ratelimit-category").asText();
        if (METHODS.contains(operation.getKey()) && !OF_THEIR_OWN.contains(named)) {
          String method = operation.getKey().toUpperCase(Locale.ROOT);
          String ours = RateCategory.of(method, "/v5" + path.getKey()).text();
          count++;
          if (!ours.equals(named)) {
            wrong.add(method + " " + path.getKey() + " is " + named + ", not " + ours);
          }
        }
      }
    }

    assertThat(count).isGreaterThan(200);
    assertThat(wrong).isEmpty();
  }
}
