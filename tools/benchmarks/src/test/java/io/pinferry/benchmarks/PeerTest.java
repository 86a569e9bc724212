package io.pinferry.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PeerTest {
  private static final Map<String, Set<String>> TRUTH =
      Map.of("boards", Set.of("b1"), "pins", Set.of("p1", "p2", "p3"));

  private static Peer.Read read(
      String reader, double seconds, long requests, long refused, List<String> pins) {
    return new Peer.Read(
        reader,
        0,
        seconds,
        new StackProcess.Requests(requests, refused),
        Map.of("boards", List.of("b1"), "pins", pins),
        TRUTH,
        List.of());
  }

  @Test
  void whatDidNotComeIsMissingAndWhatCameAgainIsADuplicate() {
    Peer.Read read = read("tuned", 2, 10, 0, List.of("p1", "p1", "p2", "p1"));

    assertThat(read.expected()).isEqualTo(4);
    assertThat(read.delivered()).isEqualTo(5);
    assertThat(read.missing()).isEqualTo(1);
    assertThat(read.duplicates()).isEqualTo(2);
    assertThat(read.perSecond()).isEqualTo(1.5);
  }

  @Test
  void aSlowerOrIncompleteReadHoldsNoGoal() {
    List<String> all = List.of("p1", "p2", "p3");
    Peer.Read tuned = read("tuned", 10, 20, 0, all);

    assertThat(
            Peer.goals(
                20_000, tuned, read("ours cold", 15, 20, 0, all), read("ours warm", 9, 20, 0, all)))
        .hasSize(5)
        .allMatch(Goal::holds);
    assertThat(
            Peer.goals(
                20_000,
                tuned,
                read("ours cold", 16, 20, 1, all),
                read("ours warm", 11, 21, 0, List.of("p1"))))
        .hasSize(5)
        .noneMatch(Goal::holds);
    assertThat(
            Peer.goals(
                300, tuned, read("ours cold", 90, 90, 0, all), read("ours warm", 90, 90, 0, all)))
        .as("a small account says nothing about the pace")
        .hasSize(2)
        .allMatch(Goal::holds);
    assertThat(
            Peer.goals(
                20_000, null, read("ours cold", 9, 9, 0, all), read("ours warm", 9, 9, 0, all)))
        .as("without the source nothing is compared")
        .hasSize(2);
  }
}
