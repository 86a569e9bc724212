package io.pinferry.local.simulator;

import java.util.List;
import java.util.Set;

/** Says what one query parameter may be. */
sealed interface Parameter {
  String name();

  /** Refuses values that do not fit, with an error that names the parameter. */
  void check(List<String> values);

  /** The cursor; an empty one means the first page, as on the live API. */
  record Bookmark() implements Parameter {
    @Override
    public String name() {
      return "bookmark";
    }

    @Override
    public void check(List<String> values) {
      single(this, values);
    }
  }

  record PageSize() implements Parameter {
    static final int MAX = 250;
    static final int DEFAULT = 25;

    @Override
    public String name() {
      return "page_size";
    }

    @Override
    public void check(List<String> values) {
      String value = single(this, values);
      if (!value.matches("-?\\d{1,9}")) {
        throw ApiFailure.invalid("Invalid page_size '" + value + "': it must be an integer");
      }
      int size = Integer.parseInt(value);
      if (size < 1 || size > MAX) {
        throw ApiFailure.invalid("Invalid page_size " + size + ": it must be from 1 to " + MAX);
      }
    }
  }

  record Flag(String name) implements Parameter {
    @Override
    public void check(List<String> values) {
      String value = single(this, values);
      // The official Python client sends True.
      if (!value.equalsIgnoreCase("true") && !value.equalsIgnoreCase("false")) {
        throw ApiFailure.invalid("Invalid " + name + " '" + value + "': it must be true or false");
      }
    }
  }

  record Choice(String name, Set<String> allowed) implements Parameter {
    @Override
    public void check(List<String> values) {
      oneOf(name, single(this, values), allowed);
    }
  }

  /** A list of choices, sent as the same name repeated. */
  record Choices(String name, Set<String> allowed) implements Parameter {
    @Override
    public void check(List<String> values) {
      values.forEach(value -> oneOf(name, value, allowed));
    }
  }

  record Id(String name) implements Parameter {
    @Override
    public void check(List<String> values) {
      Parameter.checkId(name, single(this, values));
    }
  }

  /** Any text but an empty one. */
  record Text(String name) implements Parameter {
    @Override
    public void check(List<String> values) {
      if (single(this, values).isEmpty()) {
        throw ApiFailure.invalid("The parameter " + name + " is empty");
      }
    }
  }

  /** A list of whole numbers, sent with commas between them. */
  record Ids(String name) implements Parameter {
    private static final int MAX = 1_000;

    @Override
    public void check(List<String> values) {
      String value = single(this, values);
      if (!value.matches("\\d{1,18}(,\\d{1,18})*")
          || value.chars().filter(c -> c == ',').count() >= MAX) {
        throw ApiFailure.invalid(
            "Invalid " + name + " '" + value + "': it must be 1 to " + MAX + " integers");
      }
    }
  }

  /** The nested parameter of the report about catalogs; its own reader checks it. */
  record StatsParameters() implements Parameter {
    @Override
    public String name() {
      return "parameters";
    }

    @Override
    public void check(List<String> values) {
      single(this, values);
    }
  }

  static void checkId(String name, String value) {
    if (!value.matches("\\d{1,19}") || (name.equals("ad_account_id") && value.length() > 18)) {
      throw ApiFailure.invalid(
          "Invalid " + name + " '" + value + "': it must be the digits of an id");
    }
    if (value.length() == 19 && value.compareTo(Long.toString(Long.MAX_VALUE)) > 0) {
      throw ApiFailure.invalid("Invalid " + name + " '" + value + "': it is too large");
    }
  }

  private static String single(Parameter parameter, List<String> values) {
    if (values.size() != 1) {
      throw ApiFailure.invalid("The parameter " + parameter.name() + " was given more than once");
    }
    return values.getFirst();
  }

  private static void oneOf(String name, String value, Set<String> allowed) {
    if (!allowed.contains(value)) {
      throw ApiFailure.invalid(
          "Invalid "
              + name
              + " '"
              + value
              + "': it must be one of "
              + String.join(", ", allowed.stream().sorted().toList()));
    }
  }
}
