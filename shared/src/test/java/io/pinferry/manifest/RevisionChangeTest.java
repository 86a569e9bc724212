package io.pinferry.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.manifest.RevisionChange.Kind;
import io.pinferry.manifest.RevisionChange.Member;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RevisionChangeTest {
  private static JsonNode json(String text) {
    return Json.trusted(text.replace('\'', '"'));
  }

  private static List<RevisionChange> between(String before, String after) {
    return RevisionChange.between(json(before), json(after));
  }

  @Test
  void objectsComeGoAndChange() {
    assertThat(
            between(
                "{'read':{'objects':[{'objectName':'pins'},{'objectName':'boards','schedule':'a',"
                    + "'destination':'d','mapToName':'x'}]}}",
                "{'read':{'objects':[{'objectName':'boards','schedule':'b','destination':'d',"
                    + "'backfill':{}}]},'write':{'objects':[{'objectName':'pins'}]}}"))
        .containsExactly(
            new RevisionChange(
                Kind.CHANGED,
                "read",
                "boards",
                List.of(
                    new Member("backfill", null, json("{}")),
                    new Member("mapToName", json("'x'"), null),
                    new Member("schedule", json("'a'"), json("'b'")))),
            new RevisionChange(Kind.REMOVED, "read", "pins", List.of()),
            new RevisionChange(Kind.ADDED, "write", "pins", List.of()));
  }

  @Test
  void otherPartsComeGoAndChange() {
    assertThat(
            between(
                "{'name':'a','displayName':'A','proxy':{'enabled':true}}",
                "{'name':'a','displayName':'B'}"))
        .containsExactly(
            new RevisionChange(
                Kind.CHANGED,
                "displayName",
                null,
                List.of(new Member("displayName", json("'A'"), json("'B'")))),
            new RevisionChange(
                Kind.REMOVED,
                "proxy",
                null,
                List.of(new Member("proxy", json("{'enabled':true}"), null))));
  }

  @Test
  void theFirstRevisionHasOnlyWhatCame() {
    assertThat(
            between(
                "{}",
                "{'name':'a','provider':'pinterest','read':{'objects':[{'objectName':'pins'}]},"
                    + "'proxy':{'enabled':true}}"))
        .extracting(RevisionChange::kind, RevisionChange::part, RevisionChange::objectName)
        .containsExactly(tuple(Kind.ADDED, "read", "pins"), tuple(Kind.ADDED, "proxy", null));
  }

  @Test
  void theOrderOfObjectsAndMembersIsNoDifference() {
    assertThat(
            between(
                "{'read':{'objects':[{'objectName':'pins','destination':'d'},"
                    + "{'objectName':'boards'}]}}",
                "{'read':{'objects':[{'objectName':'boards'},"
                    + "{'destination':'d','objectName':'pins'}]}}"))
        .isEmpty();
  }
}
