package io.pinferry.net;

import io.pinferry.base.LocalMode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.net.SocketFactory;
import okhttp3.ConnectionPool;
import okhttp3.Dns;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;

/**
 * Makes clients for addresses that someone else chose: a name is looked up once for a connection,
 * every address of the answer must be one that may be called, and the connection goes to one of
 * them. The JDK's own client cannot do that, since it looks the name up by itself after any check.
 * See docs/decisions/0016-where-we-call.md.
 */
final class GuardedClient {
  /** Enough for all messages that one invocation posts side by side, whomever to. */
  private static final int IDLE_CONNECTIONS_MAX = 32;

  private GuardedClient() {}

  /** Where a name leads may not be called. */
  static final class RefusedAddress extends UnknownHostException {
    RefusedAddress(String host) {
      super(host + " " + PublicAddress.REFUSAL);
    }
  }

  /** Returns which addresses may be called: the public ones, and in local mode this computer. */
  static Predicate<InetAddress> reachable(LocalMode localMode) {
    return address -> PublicAddress.testOrLoopback(address, localMode.on());
  }

  /** Makes a client. Redirects are answers, nothing is repeated, and no proxy is asked. */
  static OkHttpClient of(Predicate<InetAddress> reachable, HostNames hosts) {
    return new OkHttpClient.Builder()
        .protocols(List.of(Protocol.HTTP_1_1))
        .followRedirects(false)
        .followSslRedirects(false)
        .retryOnConnectionFailure(false)
        .proxy(Proxy.NO_PROXY)
        .connectionPool(new ConnectionPool(IDLE_CONNECTIONS_MAX, 1, TimeUnit.MINUTES))
        .connectTimeout(JdkHttpTransport.CONNECT_TIMEOUT)
        .dns(new CheckedHosts(reachable, hosts))
        .socketFactory(new CheckedSockets(reachable))
        .build();
  }

  /** Refuses a name as soon as one of its addresses may not be called. */
  private record CheckedHosts(Predicate<InetAddress> reachable, HostNames hosts) implements Dns {
    @Override
    public List<InetAddress> lookup(String name) throws UnknownHostException {
      List<InetAddress> addresses = hosts.of(name);
      if (!addresses.stream().allMatch(reachable)) {
        throw new RefusedAddress(name);
      }
      return addresses;
    }
  }

  /** Looks at the very address of each connection, also of one that was written as a number. */
  private static final class CheckedSockets extends SocketFactory {
    private final Predicate<InetAddress> reachable;

    CheckedSockets(Predicate<InetAddress> reachable) {
      this.reachable = reachable;
    }

    @Override
    public Socket createSocket() {
      return new CheckedSocket(reachable);
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw onlyUnconnected();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
      throw onlyUnconnected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw onlyUnconnected();
    }

    @Override
    public Socket createSocket(
        InetAddress address, int port, InetAddress localAddress, int localPort) {
      throw onlyUnconnected();
    }

    private static IllegalStateException onlyUnconnected() {
      return new IllegalStateException("a socket is connected after it was made");
    }
  }

  private static final class CheckedSocket extends Socket {
    private final Predicate<InetAddress> reachable;

    CheckedSocket(Predicate<InetAddress> reachable) {
      this.reachable = reachable;
    }

    @Override
    public void connect(SocketAddress to, int timeoutMillis) throws IOException {
      if (!(to instanceof InetSocketAddress address)
          || address.isUnresolved()
          || !reachable.test(address.getAddress())) {
        throw new RefusedAddress(
            to instanceof InetSocketAddress address ? address.getHostString() : "an address");
      }
      super.connect(to, timeoutMillis);
    }
  }
}
