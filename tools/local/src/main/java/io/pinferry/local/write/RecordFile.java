package io.pinferry.local.write;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import io.pinferry.base.Json;
import io.pinferry.local.api.CommandFailure;
import io.pinferry.local.api.ExitCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads records from the content of a file. A record's number is its place in it, from 1. */
public final class RecordFile {
  /** The most records of a file. */
  public static final int RECORDS_MAX = 10_000;

  /** The most bytes of a file. */
  public static final int BYTES_MAX = 64 * 1024 * 1024;

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private RecordFile() {}

  /** The format of a file. */
  public enum Format {
    /** One object, a list of objects, or one object after the other, as in JSON lines. */
    JSON,
    /** A line with the names of the fields, and one for each record. */
    CSV
  }

  /**
   * Returns the records, at least one.
   *
   * @throws CommandFailure if the content is not records, or too much
   */
  public static List<ObjectNode> read(byte[] content, Format format) {
    if (content.length > BYTES_MAX) {
      throw wrong("the file has more than 64 MB", "Split it.");
    }
    byte[] text =
        Arrays.mismatch(content, BYTE_ORDER_MARK) == BYTE_ORDER_MARK.length
            ? Arrays.copyOfRange(content, BYTE_ORDER_MARK.length, content.length)
            : content;
    List<ObjectNode> records =
        switch (format) {
          case JSON -> ofJson(text);
          case CSV -> ofCsv(text);
        };
    if (records.isEmpty()) {
      throw wrong("the file has no records", null);
    }
    return records;
  }

  private static List<ObjectNode> ofJson(byte[] utf8) {
    List<ObjectNode> records = new ArrayList<>();
    try (JsonParser parser = Json.streams().createParser(utf8)) {
      boolean list = false;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.START_ARRAY && !list && records.isEmpty()) {
          list = true;
        } else if (token == JsonToken.END_ARRAY && list) {
          if (parser.nextToken() != null) {
            throw wrong("there is something after the list of records", null);
          }
          break;
        } else if (token == JsonToken.START_OBJECT) {
          int from = (int) parser.currentTokenLocation().getByteOffset();
          parser.skipChildren();
          int to = (int) parser.currentLocation().getByteOffset();
          add(records, (ObjectNode) Json.parse(Arrays.copyOfRange(utf8, from, to)));
        } else {
          throw row(records.size() + 1, "is not an object");
        }
      }
    } catch (IOException e) {
      throw row(records.size() + 1, "is not JSON: " + firstLine(e));
    }
    return records;
  }

  private static String firstLine(IOException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  private static List<ObjectNode> ofCsv(byte[] utf8) {
    List<ObjectNode> records = new ArrayList<>();
    var reader =
        new CsvMapper()
            .readerForListOf(String.class)
            .with(CsvParser.Feature.WRAP_AS_ARRAY)
            .with(CsvParser.Feature.SKIP_EMPTY_LINES);
    try (MappingIterator<List<String>> rows = reader.readValues(decoded(utf8))) {
      if (!rows.hasNextValue()) {
        return records;
      }
      List<CsvColumn> columns = columns(rows.nextValue());
      while (rows.hasNextValue()) {
        List<String> cells = rows.nextValue();
        int number = records.size() + 1;
        if (cells.size() != columns.size()) {
          throw row(
              number, "has %s cells, the header has %s".formatted(cells.size(), columns.size()));
        }
        ObjectNode record = Json.object();
        for (int i = 0; i < cells.size(); i++) {
          try {
            columns.get(i).put(record, cells.get(i));
          } catch (IllegalArgumentException e) {
            throw row(number, String.valueOf(e.getMessage()));
          }
        }
        add(records, record);
      }
    } catch (IOException e) {
      throw row(records.size() + 1, "is not CSV: " + firstLine(e));
    }
    return records;
  }

  private static List<CsvColumn> columns(List<String> header) {
    List<CsvColumn> columns = new ArrayList<>();
    Set<List<String>> paths = new HashSet<>();
    for (String cell : header) {
      CsvColumn column;
      try {
        column = CsvColumn.of(cell);
      } catch (IllegalArgumentException e) {
        throw wrong(
            "the header has the cell \"%s\", which %s".formatted(cell, e.getMessage()),
            "The first line has the names of the fields: docs/cli.md#write.");
      }
      if (!paths.add(column.path())) {
        throw wrong("the header has the field " + cell + " twice", null);
      }
      columns.add(column);
    }
    return columns;
  }

  private static String decoded(byte[] utf8) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw wrong("the file is not UTF-8", "Save it as CSV UTF-8.");
    }
  }

  private static void add(List<ObjectNode> records, ObjectNode record) {
    if (records.size() == RECORDS_MAX) {
      throw wrong("the file has more than %,d records".formatted(RECORDS_MAX), "Split it.");
    }
    records.add(record);
  }

  private static CommandFailure row(int number, String problem) {
    return wrong("row %s %s".formatted(number, problem), "Nothing was sent.");
  }

  private static CommandFailure wrong(String message, @Nullable String remedy) {
    return new CommandFailure(ExitCode.USAGE, message, remedy);
  }

  /** Returns a JSON value of a cell. */
  static JsonNode value(String cell) {
    try {
      return Json.parse(cell.getBytes(UTF_8));
    } catch (IOException e) {
      throw new IllegalArgumentException("is not JSON", e);
    }
  }
}
