package io.pinferry.manifest;

import io.pinferry.base.Issue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A valid amp.yaml.
 *
 * @param integrations at least one, in the order of the file
 * @param warnings parts without effect; the name of each is a path in the file
 */
public record Manifest(List<IntegrationRevision> integrations, List<Issue> warnings) {
  /** The only version of the format. */
  public static final String SPEC_VERSION = "1.0.0";

  public Manifest {
    integrations = List.copyOf(integrations);
    warnings = List.copyOf(warnings);
  }

  /**
   * Returns an issue for each destination that does not exist, with its path in the file.
   *
   * @param exists returns whether the project has a destination of this name
   */
  public List<Issue> missingDestinations(Predicate<String> exists) {
    List<Issue> issues = new ArrayList<>();
    for (int i = 0; i < integrations.size(); i++) {
      issues.addAll(integrations.get(i).missingDestinations("integrations[" + i + "]", exists));
    }
    return issues;
  }
}
