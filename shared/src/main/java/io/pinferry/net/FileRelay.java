package io.pinferry.net;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Posts a file as the last field of a form. The bytes go out as they come in, so that a large file
 * needs no memory.
 */
public interface FileRelay {
  /** The longest file: the longest video that Pinterest's store accepts. */
  long FILE_BYTES_MAX = 5L << 30;

  /** The source of a file. */
  sealed interface Source {
    /** A file on the web. A few redirects are followed, each under the same rules. */
    record Web(URI url) implements Source {
      /** Leaves out path and query, which may be secrets. */
      @Override
      public String toString() {
        return UriText.origin(url);
      }
    }

    /** A file in memory. */
    record Inline(byte[] bytes) implements Source {
      @Override
      public String toString() {
        return bytes.length + " bytes";
      }
    }
  }

  /** The result of posting a file. */
  sealed interface RelayResult {
    record Success() implements RelayResult {}

    /**
     * The file could not be fetched from its source.
     *
     * @param retryable whether a later try may succeed
     */
    record FetchFailure(String reason, boolean retryable) implements RelayResult {}

    /** The receiver refused the file. */
    record Refusal(int status, String reason) implements RelayResult {}

    /** It is unknown whether the file arrived. The caller may post it again. */
    record Interruption(String reason) implements RelayResult {}
  }

  /** A field of the form, sent before the file. */
  record FormField(String name, String value) {}

  /**
   * Looks whether a file can be fetched and may be a video, before anything is registered for it.
   *
   * @return the reason if not
   */
  Optional<RelayResult.FetchFailure> check(Source source, Duration timeout);

  /**
   * Posts a file.
   *
   * @param fields the other fields, in their order
   * @param timeout for the whole relay
   */
  RelayResult relay(Source source, URI to, List<FormField> fields, Duration timeout);
}
