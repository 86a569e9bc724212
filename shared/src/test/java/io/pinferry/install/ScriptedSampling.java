package io.pinferry.install;

import io.pinferry.directory.Connection;
import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.pinterest.ReadPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Accepts every sample but those that it was told to refuse. */
public final class ScriptedSampling implements Sampling {
  private final Map<String, PinterestFailure> refusals = new HashMap<>();
  private final List<String> asked = new ArrayList<>();

  /** Refuses samples that begin at a step. */
  public synchronized void refuse(String step, PinterestFailure failure) {
    refusals.put(step, failure);
  }

  @Override
  public synchronized Optional<PinterestFailure> refusal(Connection connection, ReadPlan plan) {
    String step = plan.roots().getFirst().step();
    asked.add(step);
    return Optional.ofNullable(refusals.get(step));
  }

  /** Returns the steps that samples were asked for, in alphabetical order. */
  public synchronized List<String> asked() {
    return asked.stream().sorted().toList();
  }
}
