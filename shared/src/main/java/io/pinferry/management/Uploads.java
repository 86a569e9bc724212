package io.pinferry.management;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.pinferry.base.Codec;
import io.pinferry.base.Digest;
import io.pinferry.base.IdSource;
import io.pinferry.base.Issue;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.base.PinferryException.NotAllowed;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.DocumentKey;
import io.pinferry.directory.Ids;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.Snapshot;
import io.pinferry.manifest.ManifestZip;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Zips that the {@code amp} command line uploads for a deploy. A client asks for a place, and fills
 * it once with the signature of the place. Places expire. The hosted service uses a bucket; here
 * documents of the directory are enough, since a manifest is small.
 */
final class Uploads {
  /** The contract's bucket name. No bucket is used. */
  static final String BUCKET = "pinferry-uploads";

  /** How long a place exists, empty or filled. */
  static final Duration TTL = Duration.ofMinutes(15);

  static final int MD5_BYTES = 16;

  private static final String PREFIX = "gs://" + BUCKET + "/";
  private static final String SORT = "UPLOAD";
  private static final int SIGNATURE_BYTES = 32;

  private final DirectoryStore store;
  private final IdSource ids;
  private final InstantSource clock;

  Uploads(DirectoryStore store, IdSource ids, InstantSource clock) {
    this.store = store;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * A new place.
   *
   * @param path its name, which is no secret
   * @param signature the credential to fill it; only its hash is stored
   */
  record Place(String path, String signature) {}

  /**
   * The stored form of a place.
   *
   * @param project the owner of the zip; null for the operator
   * @param md5 the MD5 of the zip; null if the client did not give it
   * @param zip null until the client uploads it
   */
  private record Upload(
      String signatureSha256,
      @Nullable String project,
      byte @Nullable [] md5,
      byte @Nullable [] zip) {
    boolean isSignature(String signature) {
      return MessageDigest.isEqual(
          signatureSha256.getBytes(US_ASCII), Digest.sha256Hex(signature).getBytes(US_ASCII));
    }
  }

  /**
   * Makes a place.
   *
   * @param project the owner of the zip; null for the operator
   * @param md5 the MD5 of the zip; null if the client did not give it
   */
  Place make(@Nullable String project, byte @Nullable [] md5) {
    var place =
        new Place(
            ids.uuid(),
            Base64.getUrlEncoder().withoutPadding().encodeToString(ids.secret(SIGNATURE_BYTES)));
    var upload = new Upload(Digest.sha256Hex(place.signature()), project, md5, null);
    var create =
        new DirectoryWrite.Create(key(place.path()), Codec.text(upload), clock.instant().plus(TTL));
    if (!store.write(List.of(create)).isEmpty()) {
      throw new IllegalStateException("a new upload is not new");
    }
    return place;
  }

  /**
   * Fills a place.
   *
   * @param contentMd5 the header of that name; null if there is none
   * @throws NotAllowed if there is no such place or the signature is wrong
   * @throws Conflict if it was filled before
   * @throws InvalidRequest if the zip does not have the announced MD5, or is too large
   */
  void fill(String path, String signature, @Nullable String contentMd5, byte[] zip) {
    Snapshot<Upload> place =
        find(path)
            .filter(found -> found.value().isSignature(signature))
            .orElseThrow(
                () ->
                    NotAllowed.forbidden(
                        "this is no address for an upload, or it is older than %s minutes"
                            .formatted(TTL.toMinutes()),
                        "ask for another one: GET /v1/generate-upload-url"));
    Upload upload = place.value();
    if (upload.zip != null) {
      throw alreadyFilled();
    }
    if (zip.length > ManifestZip.ZIP_BYTES_MAX) {
      throw new InvalidRequest(
          InvalidRequest.Kind.TOO_LARGE,
          "the zip has %s bytes, at most %s are accepted"
              .formatted(zip.length, ManifestZip.ZIP_BYTES_MAX),
          "zip only amp.yaml",
          List.of());
    }
    if (zip.length == 0) {
      throw new InvalidRequest(
          InvalidRequest.Kind.MALFORMED, "the body is empty, but a zip is needed", null, List.of());
    }
    String md5 = Base64.getEncoder().encodeToString(md5(zip));
    String announced = upload.md5 == null ? md5 : Base64.getEncoder().encodeToString(upload.md5);
    if (!md5.equals(announced) || (contentMd5 != null && !md5.equals(contentMd5.strip()))) {
      throw Issue.header(
              "Content-MD5",
              md5.equals(announced)
                  ? "is not the MD5 of the body, which is " + md5
                  : "the body's MD5 is " + md5 + ", but " + announced + " was announced")
          .malformed();
    }
    var filled = new Upload(upload.signatureSha256, upload.project, upload.md5, zip);
    var fill = new DirectoryWrite.Replace(key(path), Codec.text(filled), place.version());
    if (!store.write(List.of(fill)).isEmpty()) {
      throw alreadyFilled();
    }
  }

  /**
   * Returns an uploaded zip.
   *
   * @param project the project to deploy to
   * @param operator whether the operator deploys it; only the operator may use zips of the operator
   * @throws InvalidRequest if the address is not one of these places, or its zip is missing or
   *     belongs to another project
   */
  byte[] get(ProjectId project, boolean operator, String sourceZipUrl) {
    if (!sourceZipUrl.startsWith(PREFIX)) {
      throw refused(
          sourceZipUrl,
          "is no upload of this Pinferry, and other places are never read; upload the zip first:"
              + " GET /v1/generate-upload-url tells where");
    }
    Upload upload =
        find(sourceZipUrl.substring(PREFIX.length()))
            .map(Snapshot::value)
            .filter(
                found -> found.project == null ? operator : found.project.equals(project.value()))
            .orElseThrow(
                () ->
                    refused(
                        sourceZipUrl,
                        "is not there, or older than %s minutes; upload the zip again"
                            .formatted(TTL.toMinutes())));
    if (upload.zip == null) {
      throw refused(sourceZipUrl, "was announced, but never sent; upload the zip first");
    }
    return upload.zip;
  }

  private Optional<Snapshot<Upload>> find(String path) {
    return Ids.isUuid(path)
        ? store
            .find(key(path))
            .map(found -> new Snapshot<>(Codec.stored(Upload.class, found.json()), found.version()))
        : Optional.empty();
  }

  private static DocumentKey key(String path) {
    return new DocumentKey("UPLOAD#" + path, SORT);
  }

  private static InvalidRequest refused(String sourceZipUrl, String detail) {
    return Issue.body("sourceZipUrl", Issue.clipped(sourceZipUrl), detail).unprocessable();
  }

  private static Conflict alreadyFilled() {
    return new Conflict(
        "something was uploaded to this address already",
        "ask for another one: GET /v1/generate-upload-url");
  }

  /** Clients of the contract give an MD5. It guards only against accidents. */
  private static byte[] md5(byte[] bytes) {
    try {
      return MessageDigest.getInstance("MD5").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }
}
