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

/** Knows the names that it was told, and no other. */
public final class ScriptedHostNames implements HostNames {
  private final Map<String, Deque<List<InetAddress>>> answers = new HashMap<>();
  private int questions;

  /** Answers the next question for a name, after what was told before; the last answer stays. */
  public ScriptedHostNames then(String name, InetAddress... addresses) {
    answers.computeIfAbsent(name, any -> new ArrayDeque<>()).add(List.of(addresses));
    return this;
  }

  /** The same of addresses as text. */
  public ScriptedHostNames then(String name, String... addresses) {
    return then(
        name, Arrays.stream(addresses).map(InetAddress::ofLiteral).toArray(InetAddress[]::new));
  }

  /** Returns how often a name was looked up. */
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
