package io.pinferry.local.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Secret;
import io.pinferry.local.api.Transport.Answer;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DeploymentTest {
  private static final String INTEGRATIONS = "http://127.0.0.1:8080/v1/projects/p/integrations";

  private final ScriptedTransport transport = new ScriptedTransport();
  private final Doors doors =
      new Doors(
          new Target(
              URI.create("http://127.0.0.1:8080"),
              null,
              null,
              null,
              new Secret("k"),
              "p",
              "a test"),
          transport);

  private static String integration(String revision, String content) {
    return "[{'name':'sync','latestRevision':{'id':'" + revision + "','content':" + content + "}}]";
  }

  @Test
  void aNewIntegrationIsNamedWithItsObjects() {
    transport
        .on("GET " + INTEGRATIONS, 200, "[]")
        .on(
            "PUT " + INTEGRATIONS + ":batch",
            200,
            integration(
                "r1", "{'read':{'objects':[{'objectName':'boards'}]},'proxy':{'enabled':true}}"));

    assertThat(Deployment.of(doors, "yaml", false).changes())
        .containsExactly("sync: new, revision r1", "  + read boards", "  + proxy");
  }

  @Test
  void eachDifferenceIsNamed() {
    transport
        .on(
            "GET " + INTEGRATIONS,
            200,
            integration(
                "r1",
                "{'read':{'objects':[{'objectName':'boards','schedule':'a','destination':'d'},"
                    + "{'objectName':'pins'},{'objectName':'media'}]}}"))
        .on(
            "PUT " + INTEGRATIONS + ":batch?destructive=true",
            () ->
                new Answer(
                    200,
                    Map.of("x-pinferry-warnings", "an unknown key"),
                    integration(
                            "r2",
                            "{'read':{'objects':[{'objectName':'boards','schedule':'b',"
                                + "'destination':'d'},{'objectName':'media'}]},"
                                + "'write':{'objects':[{'objectName':'boards'}]}}")
                        .replace('\'', '"')));

    Deployment deployment = Deployment.of(doors, "yaml", true);

    assertThat(deployment.changes())
        .containsExactly(
            "sync: revision r2, before r1",
            "  ~ read boards: schedule",
            "  - read pins",
            "  + write boards");
    assertThat(deployment.warnings()).isEqualTo("an unknown key");
    assertThat(deployment.removes()).isTrue();
  }

  @Test
  void theSameRevisionIsNoChange() {
    String same = integration("r1", "{'read':{'objects':[{'objectName':'boards'}]}}");
    transport.on("GET " + INTEGRATIONS, 200, same).on("PUT " + INTEGRATIONS + ":batch", 200, same);

    Deployment deployment = Deployment.of(doors, "yaml", false);

    assertThat(deployment.changes()).containsExactly("sync: unchanged, revision r1");
    assertThat(deployment.removes()).isFalse();
  }
}
