package io.pinferry.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Looks host names up. */
public interface HostNames {
  /**
   * Returns all addresses of a name, at least one; of an address in text that address.
   *
   * @throws UnknownHostException if it has none, or nobody can be asked
   */
  List<InetAddress> of(String name) throws UnknownHostException;

  /** Looks names up as the whole process does. */
  static HostNames ofSystem() {
    return name -> List.of(InetAddress.getAllByName(name));
  }
}
