package io.pinferry.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Looks up host names. */
public interface HostNames {
  /**
   * Returns all addresses of a name, at least one; an address as text gives that address.
   *
   * @throws UnknownHostException if the name has no address, or the look-up fails
   */
  List<InetAddress> of(String name) throws UnknownHostException;

  /** Looks up names with the resolver of the process. */
  static HostNames ofSystem() {
    return name -> List.of(InetAddress.getAllByName(name));
  }
}
