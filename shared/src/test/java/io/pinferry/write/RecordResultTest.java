package io.pinferry.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Json;
import io.pinferry.write.RecordResult.Failure;
import io.pinferry.write.RecordResult.FailureKind;
import io.pinferry.write.RecordResult.Success;
import org.junit.jupiter.api.Test;

final class RecordResultTest {
  @Test
  void whatIsWrittenDownIsReadAgain() {
    var succeeded = new Success("7", Json.object().put("id", "7").put("name", "Café"));
    var bare = new Success(null, null);
    var failed = new Failure(FailureKind.UNKNOWN, "outcome unknown");

    assertThat(RecordResult.of(succeeded.text())).isEqualTo(succeeded);
    assertThat(RecordResult.of(bare.text())).isEqualTo(bare);
    assertThat(RecordResult.of(failed.text())).isEqualTo(failed);
  }

  @Test
  void ofALargeAnswerTheIdIsKept() {
    String most = "n".repeat(RecordResult.STORED_DATA_BYTES_MAX - "{'name':''}".length());
    var fits = new Success("7", Json.object().put("name", most));
    var tooLarge = new Success("7", Json.object().put("name", most + "n"));

    assertThat(RecordResult.of(fits.text())).isEqualTo(fits);
    assertThat(RecordResult.of(tooLarge.text())).isEqualTo(new Success("7", null));
  }
}
