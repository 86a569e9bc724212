package io.pinferry.net;

import io.pinferry.base.LocalMode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.net.SocketFactory;
import okhttp3.ConnectionPool;
import okhttp3.Dns;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;

/**
 * Makes the HTTP client for all calls that leave the process. A client calls only addresses that
 * its {@link Reach} allows. It looks up a name once per connection, every address of the name must
 * be allowed, and the connection goes to one of them. A name that changes its address between two
 * look-ups gains nothing. See docs/decisions/0016-where-we-call.md.
 */
final class OutgoingClient {
  /** The user agent of calls that set none. */
  static final String USER_AGENT = "Pinferry";

  /** Enough for all requests that one invocation sends side by side. */
  private static final int IDLE_CONNECTIONS_MAX = 64;

  /**
   * The longest time that a connection is kept without use. Servers close idle connections after
   * some more seconds. A request that meets such a close is lost, and nobody knows whether it
   * arrived.
   */
  static final Duration IDLE_MAX = Duration.ofSeconds(5);

  /** The longest time to connect, within the timeout of the call. */
  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private OutgoingClient() {}

  /** Tells which addresses may be called. */
  @FunctionalInterface
  interface Reach extends Predicate<InetAddress> {
    /** Any address: for hosts that the operator configured. */
    Reach ANYWHERE = address -> true;

    /** The public internet, and in local mode this computer: for hosts that others chose. */
    static Reach publicOr(LocalMode localMode) {
      return address -> PublicAddress.testOrLoopback(address, localMode.on());
    }
  }

  /** A host has an address that may not be called. */
  static final class RefusedAddress extends UnknownHostException {
    RefusedAddress(String host) {
      super(host + " " + PublicAddress.REFUSAL);
    }
  }

  /** Makes a client. It follows no redirects, repeats nothing and uses no proxy. */
  static OkHttpClient of(Reach reach, HostNames hosts) {
    return new OkHttpClient.Builder()
        .protocols(List.of(Protocol.HTTP_1_1))
        .followRedirects(false)
        .followSslRedirects(false)
        .retryOnConnectionFailure(false)
        .proxy(Proxy.NO_PROXY)
        .connectionPool(
            new ConnectionPool(IDLE_CONNECTIONS_MAX, IDLE_MAX.toSeconds(), TimeUnit.SECONDS))
        .connectTimeout(CONNECT_TIMEOUT)
        .dns(new CheckedHosts(reach, hosts))
        .socketFactory(new CheckedSockets(reach))
        .build();
  }

  static String describe(Throwable cause) {
    String name = cause.getClass().getSimpleName();
    return cause.getMessage() == null ? name : name + ": " + cause.getMessage();
  }

  /** Refuses a name as soon as one of its addresses may not be called. */
  private record CheckedHosts(Reach reach, HostNames hosts) implements Dns {
    @Override
    public List<InetAddress> lookup(String name) throws UnknownHostException {
      List<InetAddress> addresses = hosts.of(name);
      if (!addresses.stream().allMatch(reach)) {
        throw new RefusedAddress(name);
      }
      return addresses;
    }
  }

  /** Checks the address of each connection, also if the URL has it as a number. */
  private static final class CheckedSockets extends SocketFactory {
    private final Reach reach;

    CheckedSockets(Reach reach) {
      this.reach = reach;
    }

    @Override
    public Socket createSocket() {
      return new CheckedSocket(reach);
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw unsupported();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
      throw unsupported();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw unsupported();
    }

    @Override
    public Socket createSocket(
        InetAddress address, int port, InetAddress localAddress, int localPort) {
      throw unsupported();
    }

    private static IllegalStateException unsupported() {
      return new IllegalStateException("the client connects a socket only after it was made");
    }
  }

  private static final class CheckedSocket extends Socket {
    private final Reach reach;

    CheckedSocket(Reach reach) {
      this.reach = reach;
    }

    @Override
    public void connect(SocketAddress to, int timeoutMillis) throws IOException {
      if (!(to instanceof InetSocketAddress address)
          || address.isUnresolved()
          || !reach.test(address.getAddress())) {
        throw new RefusedAddress(
            to instanceof InetSocketAddress address ? address.getHostString() : "an address");
      }
      super.connect(to, timeoutMillis);
    }
  }
}
