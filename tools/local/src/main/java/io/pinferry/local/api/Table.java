package io.pinferry.local.api;

import java.util.ArrayList;
import java.util.List;

/** Columns of text, as wide as their widest cell. */
public final class Table {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  public Table(String... titles) {
    row(titles);
  }

  /** Adds a row. An empty cell is shown as a dash, so that a program can split at blanks. */
  public void row(String... cells) {
    rows.add(List.of(cells).stream().map(cell -> cell.isBlank() ? "-" : cell).toList());
  }

  /** Returns the lines. */
  public List<String> lines() {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      var line = new StringBuilder();
      for (int i = 0; i < columns - 1; i++) {
        line.append(row.get(i)).repeat(" ", widths[i] - row.get(i).length()).append(GAP);
      }
      lines.add(line.append(row.getLast()).toString());
    }
    return lines;
  }
}
