package io.pinferry.local.cloud;

import io.pinferry.local.loopback.Loopback;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Stands before a service of the embedded cloud. On command it hangs: it still accepts connections
 * and requests, and never answers.
 */
public final class Relay implements AutoCloseable {
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile @Nullable URI target;
  private volatile boolean hangs;

  public Relay() throws IOException {
    server = new ServerSocket(0, 512, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    Thread.ofVirtual().start(this::accept);
  }

  public URI address() {
    return Loopback.uri(server.getLocalPort());
  }

  /** Sets the service, which starts after the functions know this address. */
  public void to(URI service) {
    target = service;
  }

  /** Begins or ends to hang. Open connections are closed. */
  public void hang(boolean now) throws IOException {
    hangs = now;
    for (Socket socket : open) {
      socket.close();
    }
    open.clear();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        open.add(client);
        URI to = target;
        if (hangs || to == null) {
          continue;
        }
        var service = new Socket();
        service.connect(new InetSocketAddress(to.getHost(), to.getPort()));
        open.add(service);
        copy(client, service);
        copy(service, client);
      }
    } catch (IOException e) {
      if (!server.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void copy(Socket from, Socket to) {
    Thread.ofVirtual()
        .start(
            () -> {
              try (from;
                  to) {
                from.getInputStream().transferTo(to.getOutputStream());
              } catch (IOException e) {
                // One of the two ended the connection.
              }
            });
  }

  @Override
  public void close() throws IOException {
    server.close();
    hang(true);
  }
}
