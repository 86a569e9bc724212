package io.pinferry.net;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * Tells addresses of the public internet from those that lead back into our own network: private,
 * loopback, link-local (where clouds keep their metadata services), shared, reserved, multicast,
 * and the ways to write an IPv4 address inside an IPv6 one.
 *
 * @see <a href="https://www.iana.org/assignments/iana-ipv4-special-registry/">IPv4 registry</a>
 * @see <a href="https://www.iana.org/assignments/iana-ipv6-special-registry/">IPv6 registry</a>
 */
public final class PublicAddress {
  /** The reason for a refusal; it follows the name or the address in a message. */
  public static final String REFUSAL =
      "leads to a private, loopback, link-local or reserved address";

  private PublicAddress() {}

  /** Returns whether the address is one of the public internet. */
  public static boolean test(InetAddress address) {
    byte[] bytes = address.getAddress();
    return switch (address) {
      case Inet4Address four -> !isSpecial4(bytes);
      case Inet6Address six -> isGlobalUnicast6(bytes);
      case InetAddress other -> false;
    };
  }

  /**
   * Returns whether the address is one of the public internet, or one of this computer.
   *
   * @param loopback whether this computer is allowed
   */
  public static boolean testOrLoopback(InetAddress address, boolean loopback) {
    return test(address) || (loopback && address.isLoopbackAddress());
  }

  private static boolean isSpecial4(byte[] b) {
    return in(b, 8, 0) // this network
        || in(b, 8, 10) // private
        || in(b, 10, 100, 64) // shared by carriers
        || in(b, 8, 127) // loopback
        || in(b, 16, 169, 254) // link-local, metadata
        || in(b, 12, 172, 16) // private
        || in(b, 24, 192, 0, 0) // protocol assignments
        || in(b, 24, 192, 0, 2) // documentation
        || in(b, 24, 192, 88, 99) // relays of 6to4
        || in(b, 16, 192, 168) // private
        || in(b, 15, 198, 18) // benchmarks
        || in(b, 24, 198, 51, 100) // documentation
        || in(b, 24, 203, 0, 113) // documentation
        || in(b, 4, 224) // multicast
        || in(b, 4, 240); // reserved, broadcast
  }

  /** Only 2000::/3 is global unicast; the rest is mapped, local, multicast or reserved. */
  private static boolean isGlobalUnicast6(byte[] b) {
    return in(b, 3, 0x20)
        && !in(b, 23, 0x20, 0x01, 0x00) // protocol assignments, among them Teredo
        && !in(b, 32, 0x20, 0x01, 0x0d, 0xb8) // documentation
        && !in(b, 16, 0x20, 0x02) // 6to4, which holds an IPv4 address
        && !in(b, 20, 0x3f, 0xff, 0x00); // documentation
  }

  private static boolean in(byte[] address, int prefixBits, int... prefix) {
    for (int bit = 0; bit < prefixBits; bit++) {
      int mask = 0x80 >> (bit % 8);
      if ((address[bit / 8] & mask) != (prefix[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }
}
