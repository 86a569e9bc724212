package io.pinferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.pinterest.WriteCatalogue;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The provider app that the local stack makes. */
final class LocalAppTest {
  @Test
  void itHasEveryScopeThatAnyVerbCanNeed() {
    Set<String> needed = new TreeSet<>();
    for (String object : ReadCatalogue.names()) {
      ReadCatalogue.get(object).plans().forEach(plan -> needed.addAll(plan.requiredScopes()));
    }
    WriteCatalogue.all()
        .forEach(object -> object.calls().values().forEach(call -> needed.addAll(call.scopes())));
    for (String scope : Set.copyOf(needed)) {
      if (scope.startsWith("boards:") || scope.startsWith("pins:")) {
        needed.add(scope + "_secret");
      }
    }

    assertThat(needed).contains("boards:write_secret", "pins:write_secret", "user_accounts:write");
    assertThat(LocalStack.allScopes()).containsAll(needed);
  }
}
