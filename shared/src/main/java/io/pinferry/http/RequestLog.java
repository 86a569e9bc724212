package io.pinferry.http;

import io.pinferry.base.Field;
import io.pinferry.base.Log;
import java.util.LinkedHashMap;
import java.util.Map;

/** The log of one request, with what is noted of it for the line at its end. */
public final class RequestLog {
  private final Log log;
  private final Map<String, Field> notes = new LinkedHashMap<>();

  public RequestLog(Log log) {
    this.log = log;
  }

  /** Returns the log, whose lines carry the request's id. */
  public Log log() {
    return log;
  }

  /** Notes a fact of the request, in place of one of the same name. */
  public void note(Field fact) {
    notes.put(fact.name(), fact);
  }

  /** Returns a log whose lines carry all that was noted. */
  Log withNotes() {
    return log.with(notes.values().toArray(Field[]::new));
  }
}
