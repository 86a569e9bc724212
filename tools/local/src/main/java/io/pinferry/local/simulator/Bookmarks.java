package io.pinferry.local.simulator;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes and reads bookmarks: base64 with padding around fields, valid only for their own list. */
final class Bookmarks {
  private final Signer signer;

  Bookmarks(Signer signer) {
    this.signer = signer;
  }

  /**
   * A place in a list.
   *
   * @param key the key of the last record, null at the start
   * @param recordsBefore how many records the chain has returned
   */
  record Place(@Nullable Long key, long recordsBefore) {
    static final Place START = new Place(null, 0);
  }

  /** Returns a bookmark; {@code serial} makes those of equal places differ. */
  String write(String listName, Place place, long serial) {
    String fields =
        (place.key() == null ? "" : Long.toString(place.key()))
            + "|"
            + place.recordsBefore()
            + "|"
            + Long.toString(serial, 36);
    String text = fields + "|" + signer.mark(listName + "\n" + fields);
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the place a bookmark stands for, or refuses it. */
  Place read(String listName, String bookmark) {
    try {
      String text = new String(Base64.getDecoder().decode(bookmark), StandardCharsets.UTF_8);
      List<String> fields = List.of(text.split("\\|", -1));
      if (fields.size() == 4
          && fields
              .get(3)
              .equals(signer.mark(listName + "\n" + String.join("|", fields.subList(0, 3))))) {
        return new Place(
            fields.get(0).isEmpty() ? null : Long.valueOf(fields.get(0)),
            Long.parseLong(fields.get(1)));
      }
    } catch (IllegalArgumentException notOurs) {
      // Falls through to the same answer as a forged one.
    }
    throw ApiFailure.invalid("Invalid bookmark: it is not one of this list");
  }
}
