package io.pinferry.local.stack;

import io.pinferry.local.loopback.Loopback;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The ports of a local stack. */
public sealed interface LocalPorts {
  /** The first port unless another is asked for. */
  int FIRST = 8080;

  /** The servers of a stack. Their ports follow each other in this order. */
  enum Server {
    API("Api"),
    READ("ReadApi"),
    WRITE("WriteApi"),
    PROXY("ProxyApi"),
    PINTEREST("Pinterest"),
    RECEIVER("Receiver");

    private final String id;

    Server(String id) {
      this.id = id;
    }

    /** Returns the logical id in template.yaml, or a name of its own. */
    String id() {
      return id;
    }
  }

  /** Any free ports. */
  record Any() implements LocalPorts {}

  /** From {@link #FIRST} on; a taken one is replaced by any free port. */
  record Usual() implements LocalPorts {}

  /** From this port on, and no others. */
  record From(int first) implements LocalPorts {
    public From {
      if (first < 1 || first + Server.values().length - 1 > 65_535) {
        throw new IllegalArgumentException(
            "--port must be 1 to %s, but is %s".formatted(65_536 - Server.values().length, first));
      }
    }
  }

  /**
   * Returns the port of each server; 0 for any free one.
   *
   * @param before the ports that the data directory was used with; empty for none
   * @param opened the servers that will be opened
   * @throws IllegalArgumentException if a port that must be kept is taken
   */
  default Map<String, Integer> choose(Map<String, Integer> before, Set<Server> opened) {
    return switch (this) {
      case Any _ -> {
        Map<String, Integer> ports = following(FIRST);
        ports.replaceAll((_, _) -> 0);
        yield ports;
      }
      case From(int first) -> required(following(first), opened, "choose another --port");
      case Usual _ when !before.isEmpty() ->
          required(
              before, opened, "the data directory was used with it; choose others with --port");
      case Usual _ -> {
        Map<String, Integer> ports = following(FIRST);
        ports.replaceAll((_, port) -> isFree(port) ? port : 0);
        yield ports;
      }
    };
  }

  private static Map<String, Integer> following(int first) {
    Map<String, Integer> ports = new LinkedHashMap<>();
    for (Server server : Server.values()) {
      ports.put(server.id(), first + ports.size());
    }
    return ports;
  }

  private static Map<String, Integer> required(
      Map<String, Integer> ports, Set<Server> opened, String advice) {
    for (Server server : opened) {
      int port = ports.getOrDefault(server.id(), 0);
      if (port != 0 && !isFree(port)) {
        throw new IllegalArgumentException(
            "port %s, for %s, is taken; stop what uses it, or %s"
                .formatted(port, server.id(), advice));
      }
    }
    return ports;
  }

  private static boolean isFree(int port) {
    try (var _ = new ServerSocket(port, 1, InetAddress.ofLiteral(Loopback.HOST))) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
