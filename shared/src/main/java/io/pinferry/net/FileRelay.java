package io.pinferry.net;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * Posts a file as the last field of a form, from where it is: what comes in goes out, so that its
 * size costs no memory.
 */
public interface FileRelay {
  /** The most bytes of a file, which is what Pinterest's store accepts of a video. */
  long FILE_BYTES_MAX = 5L << 30;

  /** Where a file is. */
  sealed interface Source {
    /** On the web. Redirects are not followed, since they could lead into our own network. */
    record Web(URI url) implements Source {
      /** Leaves the query out: it may be a signature. */
      @Override
      public String toString() {
        return url.getScheme() + "://" + url.getAuthority() + url.getPath();
      }
    }

    /** Here. */
    record Inline(byte[] bytes) implements Source {
      @Override
      public String toString() {
        return bytes.length + " bytes";
      }
    }
  }

  /** What became of it. */
  sealed interface Relayed {
    /** The file is there. */
    record Stored() implements Relayed {}

    /**
     * It could not be had from its source.
     *
     * @param again whether a later try may succeed
     */
    record NotFetched(String why, boolean again) implements Relayed {}

    /** Its new place refused it. */
    record Refused(int status, String why) implements Relayed {}

    /** It is not known whether it is there; posting it again is safe. */
    record Interrupted(String why) implements Relayed {}
  }

  /** A form's field before the file. */
  record FormField(String name, String value) {}

  /**
   * Posts a file.
   *
   * @param fields in the order in which they are sent
   * @param timeout for all of it
   */
  Relayed relay(Source source, URI to, List<FormField> fields, Duration timeout);
}
