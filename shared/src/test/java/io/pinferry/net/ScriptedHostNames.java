package io.pinferry.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Host names with scripted addresses. */
public final class ScriptedHostNames implements HostNames {
  private final Map<String, Deque<List<InetAddress>>> answers = new HashMap<>();
  private int questions;

  /** Adds the answer to a further look-up of a name; the last answer stays. */
  public ScriptedHostNames then(String name, InetAddress... addresses) {
    answers.computeIfAbsent(name, any -> new ArrayDeque<>()).add(List.of(addresses));
    return this;
  }

  /** Adds an answer from addresses as text. */
  public ScriptedHostNames then(String name, String... addresses) {
    return then(
        name, Arrays.stream(addresses).map(InetAddress::ofLiteral).toArray(InetAddress[]::new));
  }

  /** Returns the number of look-ups. */
  public int questions() {
    return questions;
  }

  @Override
  public List<InetAddress> of(String name) throws UnknownHostException {
    questions++;
    @Nullable Deque<List<InetAddress>> told = answers.get(name);
    if (told == null) {
      throw new UnknownHostException(name);
    }
    return told.size() > 1 ? told.removeFirst() : told.getFirst();
  }
}
