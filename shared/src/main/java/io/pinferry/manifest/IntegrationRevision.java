package io.pinferry.manifest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Issue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One version of an integration.
 *
 * @param name unique in its project
 * @param provider always {@code pinterest}
 * @param read the objects to read, in the order of the manifest
 * @param write the objects to write, in the order of the manifest
 * @param proxyEnabled whether its installations may use the proxy
 * @param content the JSON of the contract ({@code latestRevision.content}); callers must not change
 *     it
 */
public record IntegrationRevision(
    String name,
    String provider,
    List<ReadObject> read,
    List<WriteObject> write,
    boolean proxyEnabled,
    ObjectNode content) {
  public IntegrationRevision {
    read = List.copyOf(read);
    write = List.copyOf(write);
  }

  /** Returns a revision from stored content, which was checked before. */
  public static IntegrationRevision fromContent(ObjectNode content) {
    return RevisionReader.revision(content);
  }

  /** Finds an object to read by its name at Pinterest. */
  public Optional<ReadObject> findRead(String objectName) {
    return read.stream().filter(object -> object.objectName().equals(objectName)).findFirst();
  }

  /** Finds an object to write by its name at Pinterest. */
  public Optional<WriteObject> findWrite(String objectName) {
    return write.stream().filter(object -> object.objectName().equals(objectName)).findFirst();
  }

  /**
   * Returns an issue for each destination that does not exist.
   *
   * @param path the path of the integration in its file, {@code integrations[0]}
   * @param exists returns whether the project has a destination of this name
   */
  public List<Issue> missingDestinations(String path, Predicate<String> exists) {
    List<Issue> issues = new ArrayList<>();
    for (int i = 0; i < read.size(); i++) {
      addMissing(
          issues, path + ".read.objects[" + i + "].destination", read.get(i).destination(), exists);
    }
    return issues;
  }

  private static void addMissing(
      List<Issue> issues, String path, String destination, Predicate<String> exists) {
    if (!exists.test(destination)) {
      issues.add(
          Issue.body(
              path,
              destination,
              "names a destination that the project does not have; create it first"));
    }
  }
}
