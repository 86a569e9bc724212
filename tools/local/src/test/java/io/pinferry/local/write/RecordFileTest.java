package io.pinferry.local.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.Json;
import io.pinferry.local.api.CommandFailure;
import io.pinferry.local.api.ExitCode;
import io.pinferry.local.write.RecordFile.Format;
import java.nio.charset.Charset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RecordFileTest {
  private static List<String> read(String content, Format format) {
    return RecordFile.read(content.getBytes(UTF_8), format).stream().map(Json::text).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{\"a\":1},{\"b\":{\"c\":[1.50]}}]",
        "{\"a\":1}\n{\"b\":{\"c\":[1.50]}}\n",
        "\ufeff{\"a\" : 1 }\r\n\r\n{ \"b\": {\"c\":\n[1.50]}}"
      })
  void jsonIsAListOrOneObjectAfterTheOther(String content) {
    assertThat(read(content, Format.JSON)).containsExactly("{\"a\":1}", "{\"b\":{\"c\":[1.50]}}");
  }

  @Test
  void oneObjectIsOneRecord() {
    assertThat(read("{\"name\":\"Lämp, 💡\"}", Format.JSON))
        .containsExactly("{\"name\":\"Lämp, 💡\"}");
  }

  @Test
  void cellsAreTextUnlessTheHeaderSaysOtherwise() {
    String csv =
        """
        id,media_source.url,media_source.x,n:number,ok:boolean,list:json
        0123456789012345678901,"https://a.example/?b=1,2",,7,true,"[""a"",null]"

        2,"two
        lines",,1.50,false,
        """;

    assertThat(read("\ufeff" + csv, Format.CSV))
        .containsExactly(
            "{\"id\":\"0123456789012345678901\",\"media_source\":"
                + "{\"url\":\"https://a.example/?b=1,2\"},\"n\":7,\"ok\":true,\"list\":[\"a\",null]}",
            "{\"id\":\"2\",\"media_source\":{\"url\":\"two\\nlines\"},\"n\":1.50,\"ok\":false}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "JSON | [{\"a\":1},7] | row 2 is not an object",
        "JSON | {\"a\":1} {\"a\":2,\"a\":3} | row 2 is not JSON",
        "JSON | [{\"a\":1} | row 2 is not JSON",
        "JSON | [{\"a\":1}] {} | something after the list",
        "JSON | [] | has no records",
        "CSV | a,b;1,2,3 | row 1 has 3 cells, the header has 2",
        "CSV | a,b;1 | row 1 has 1 cells, the header has 2",
        "CSV | a,a;1,2 | the field a twice",
        "CSV | a.,b;1,2 | has an empty name",
        "CSV | a:date;1 | has the type date",
        "CSV | a:number;1;1e | row 2 has no number at a: 1e",
        "CSV | a.b:boolean;yes | row 1 has no boolean at a.b: yes",
        "CSV | a:number;'' 1 2'' | row 1 has no number",
        "CSV | a,a.b;1,2 | row 1 has a value at a, and members of it",
        "CSV | a.b,a;1,2 | row 1 has a value at a, and members of it",
        "CSV | a | has no records"
      })
  void wrongContentNamesItsRow(Format format, String content, String message) {
    assertThatThrownBy(() -> read(content.replace(';', '\n'), format))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining(message)
        .extracting(e -> ((CommandFailure) e).code())
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void otherEncodingsAreRefused() {
    assertThatThrownBy(
            () ->
                RecordFile.read("name\nLämp".getBytes(Charset.forName("windows-1252")), Format.CSV))
        .hasMessageContaining("not UTF-8");
  }

  @Test
  void aFileHasABound() {
    assertThat(read("{}\n".repeat(RecordFile.RECORDS_MAX), Format.JSON))
        .hasSize(RecordFile.RECORDS_MAX);
    assertThatThrownBy(() -> read("{}\n".repeat(RecordFile.RECORDS_MAX + 1), Format.JSON))
        .hasMessageContaining("more than 10,000 records");
  }
}
