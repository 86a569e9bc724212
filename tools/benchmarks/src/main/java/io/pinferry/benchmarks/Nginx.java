package io.pinferry.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** An nginx that passes each request on with a token, over connections that it keeps open. */
record Nginx(Process process, URI address, Path directory) implements AutoCloseable {
  private static final int TRIES = 100;
  private static final long BETWEEN_TRIES_NANOS = 50_000_000;

  /**
   * Starts it; returns when it takes connections.
   *
   * @throws IllegalStateException if there is no nginx on this computer
   */
  static Nginx start(URI upstream, String token) throws IOException {
    Path program =
        Stream.of(
                "/usr/sbin/nginx",
                "/usr/bin/nginx",
                "/usr/local/bin/nginx",
                "/opt/homebrew/bin/nginx")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "there is no nginx to compare with; install it, on Debian with: apt-get"
                            + " install nginx-light"));
    int port = freePort();
    Path directory = Files.createTempDirectory("pinferry-nginx-");
    Path configuration =
        Files.writeString(directory.resolve("nginx.conf"), configuration(upstream, token, port));
    Process process =
        new ProcessBuilder(
                List.of(
                    program.toString(),
                    "-p",
                    directory.toString(),
                    "-c",
                    configuration.toString(),
                    "-e",
                    directory.resolve("error.log").toString()))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var started = new Nginx(process, URI.create("http://127.0.0.1:" + port), directory);
    if (!started.connects()) {
      started.close();
      throw new IllegalStateException("nginx did not start");
    }
    return started;
  }

  private static String configuration(URI upstream, String token, int port) {
    return """
    daemon off;
    worker_processes 1;
    pid nginx.pid;
    events {}
    http {
      access_log off;
      client_body_temp_path body;
      proxy_temp_path proxy;
      fastcgi_temp_path fastcgi;
      uwsgi_temp_path uwsgi;
      scgi_temp_path scgi;
      upstream pinterest {
        server %s;
        keepalive 8;
      }
      server {
        listen 127.0.0.1:%d;
        location / {
          proxy_pass http://pinterest;
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_set_header Authorization "Bearer %s";
        }
      }
    }
    """
        .formatted(upstream.getAuthority(), port, token);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private boolean connects() {
    for (int i = 0; i < TRIES && process.isAlive(); i++) {
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(address.getHost(), address.getPort()));
        return true;
      } catch (IOException e) {
        LockSupport.parkNanos(BETWEEN_TRIES_NANOS);
      }
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    // Its worker ends with it, which a kill would not make sure of.
    process.destroy();
    process.onExit().join();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
