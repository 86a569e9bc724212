package io.pinferry.local.loopback;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.Executors;

/** Binds servers to 127.0.0.1 and nothing else. */
public final class Loopback {

  public static final String HOST = "127.0.0.1";

  private static final int BACKLOG = 512;

  private Loopback() {}

  public static URI uri(int port) {
    return URI.create("http://" + HOST + ":" + port);
  }

  /**
   * Returns a server that is bound but not started, each request on a virtual thread of its own.
   *
   * @param port 0 for a free one
   * @throws UncheckedIOException when the port is taken
   */
  public static HttpServer bind(int port) {
    // Headers and body are two writes; without this the second waits for the client's delayed
    // acknowledgement, some 40 ms an answer.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    try {
      var server =
          HttpServer.create(
              new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port),
              BACKLOG);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "port " + port + " of " + HOST + " cannot be used: " + e.getMessage(), e);
    }
  }
}
