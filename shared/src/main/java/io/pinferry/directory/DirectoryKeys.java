package io.pinferry.directory;

import io.pinferry.base.Digest;

/**
 * The key of each kind of document. Documents of a project share the project's partition, so that a
 * list is one strongly consistent query. A document that is looked up before the project is known
 * has a partition of its own.
 */
final class DirectoryKeys {
  /** Lists all projects, each by its id. */
  static final String PROJECTS = "PROJECTS";

  private DirectoryKeys() {}

  static String partition(ProjectId project) {
    return "PROJECT#" + project;
  }

  static DocumentKey project(ProjectId project) {
    return new DocumentKey(partition(project), "PROJECT");
  }

  static DocumentKey projectListed(ProjectId project) {
    return new DocumentKey(PROJECTS, project.value());
  }

  static DocumentKey projectName(String name) {
    return new DocumentKey("PROJECT-NAME#" + name, "PROJECT");
  }

  static DocumentKey apiKeyHash(String sha256) {
    return new DocumentKey("API-KEY#" + sha256, "API-KEY");
  }

  static DocumentKey jwtKey(JwtKeyId id) {
    return new DocumentKey("JWT-KEY#" + id, "JWT-KEY");
  }

  static DocumentKey connection(ProjectId project, ConnectionId connection) {
    return new DocumentKey(partition(project), "CONNECTION#" + connection);
  }

  /** Returns a fixed-length stand-in for free text, which may be too long or odd for a key. */
  static String digest(String... texts) {
    return Digest.of(texts).hex(16);
  }
}
