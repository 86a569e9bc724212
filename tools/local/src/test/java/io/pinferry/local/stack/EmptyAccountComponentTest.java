package io.pinferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.local.demo.DemoReport;
import io.pinferry.pinterest.ReadCatalogue;
import org.junit.jupiter.api.Test;

/** An account with nothing in it is read to the end, and nothing is made up. */
final class EmptyAccountComponentTest {

  @Test
  void allReadsOfAnEmptyAccountSucceedWithoutARecord() throws Exception {
    try (LocalStack stack = LocalStack.start(Customer.stack(0, 0))) {
      String manifest = ExampleManifest.read();

      DemoReport report = WholeAccountComponentTest.demo(stack, manifest);

      assertThat(report.ok()).as(report.toJson()).isTrue();
      JsonNode objects = Json.trusted(report.toJson()).path("objects");
      assertThat(objects).hasSameSizeAs(ReadCatalogue.names());
      assertThat(objects)
          .allSatisfy(object -> assertThat(object.path("delivered").asLong()).isZero());
    }
  }
}
