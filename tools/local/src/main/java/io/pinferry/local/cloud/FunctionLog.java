package io.pinferry.local.cloud;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Replaces CloudWatch: it takes everything that functions write to their logger, to standard output
 * and to standard error, and what the embedded cloud has to say about their invocations. A line
 * that cannot be written is lost, and costs no invocation: the first one is told on standard error,
 * their number in the log as soon as it can be written again.
 */
final class FunctionLog {

  private final OutputStream target;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private long lost;

  FunctionLog(OutputStream target, InstantSource clock) {
    this.target = target;
    this.clock = clock;
  }

  /**
   * Makes standard output and error of this process go to a function's log whenever one of its
   * threads writes there. A thread belongs to the function whose class loader is its context class
   * loader, which threads that it starts inherit.
   */
  static void captureStandardStreams() {
    if (!(System.out instanceof FunctionStream)) {
      System.setOut(new FunctionStream(System.out));
    }
    if (!(System.err instanceof FunctionStream)) {
      System.setErr(new FunctionStream(System.err));
    }
  }

  /** Writes one line about an invocation. */
  void event(String level, String function, String message, @Nullable String requestId) {
    event(level, function, message, requestId, null);
  }

  /** Writes one line about a failed invocation. */
  void event(
      String level,
      String function,
      String message,
      @Nullable String requestId,
      @Nullable Throwable failure) {
    ObjectNode line = fields(level, function, message);
    if (requestId != null) {
      line.put("requestId", requestId);
    }
    if (failure != null) {
      var trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace));
      line.put("stackTrace", trace.toString());
    }
    write((line + "\n").getBytes(UTF_8));
  }

  private String line(String level, String function, String message) {
    return fields(level, function, message) + "\n";
  }

  private ObjectNode fields(String level, String function, String message) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("timestamp", clock.instant().toString())
        .put("level", level)
        .put("function", function)
        .put("message", message);
  }

  void write(byte[] bytes) {
    write(bytes, 0, bytes.length);
  }

  void write(byte[] bytes, int offset, int length) {
    lock.lock();
    try {
      if (lost > 0) {
        target.write(line("WARN", "log", lost + " writes to this log were lost").getBytes(UTF_8));
        lost = 0;
      }
      target.write(bytes, offset, length);
      target.flush();
    } catch (IOException e) {
      lost++;
      if (lost == 1) {
        // Standard error may be captured, and would lead back here.
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8)
            .println("The log of the functions cannot be written: " + e.getMessage());
      }
    } finally {
      lock.unlock();
    }
  }

  /** A standard stream that gives functions' lines to their log and passes on all others. */
  private static final class FunctionStream extends PrintStream {

    private FunctionStream(PrintStream own) {
      super(new Router(own), true, own.charset());
    }
  }

  private static final class Router extends OutputStream {

    private final OutputStream own;

    private Router(OutputStream own) {
      this.own = own;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (Thread.currentThread().getContextClassLoader() instanceof FunctionLoader function) {
        function.log().write(bytes, offset, length);
      } else {
        own.write(bytes, offset, length);
      }
    }

    @Override
    public void flush() throws IOException {
      own.flush();
    }
  }
}
