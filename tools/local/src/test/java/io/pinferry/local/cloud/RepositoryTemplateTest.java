package io.pinferry.local.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.local.RepositoryRoot;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The deployment's own template can be run. */
class RepositoryTemplateTest {

  @Test
  void theDeploymentsTemplateResolves() {
    Template template = Template.read(RepositoryRoot.file("template.yaml"));
    var apis = new LinkedHashMap<String, URI>();
    template.apiIds().forEach(id -> apis.put(id, URI.create("http://127.0.0.1:1")));

    Stack stack =
        template.resolve(
            Map.of("AdminKeySha256", "0".repeat(64)),
            new LocalAddresses(
                "eu-central-1", "000000000000", URI.create("http://127.0.0.1:2"), apis));

    assertThat(stack.apis()).containsOnlyKeys("Api", "ReadApi", "WriteApi", "ProxyApi");
    assertThat(stack.queues()).containsKeys("ReadQueue", "DeliveryQueue", "WriteQueue");
    assertThat(stack.tables()).containsOnlyKeys("Directory", "Reads", "Timers", "Limits");
    assertThat(stack.functions()).isNotEmpty();
    assertThat(stack.functions().values())
        .allSatisfy(function -> assertThat(function.triggers()).isNotEmpty());
    assertThat(stack.outputs()).containsEntry("ApiUrl", "http://127.0.0.1:1");
  }
}
