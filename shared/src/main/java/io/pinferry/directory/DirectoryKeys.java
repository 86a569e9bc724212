package io.pinferry.directory;

import io.pinferry.base.Digest;

/**
 * Makes keys of documents. The documents of a project share the project's partition, so that a list
 * is one strongly consistent query. A document that is found without its project has its own
 * partition.
 */
final class DirectoryKeys {
  /** The partition that lists the ids of all projects. */
  static final String PROJECTS = "PROJECTS";

  private DirectoryKeys() {}

  static String partition(ProjectId project) {
    return "PROJECT#" + project;
  }

  static DocumentKey of(ProjectId project, String sort) {
    return new DocumentKey(partition(project), sort);
  }

  static DocumentKey project(ProjectId project) {
    return of(project, "PROJECT");
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
    return of(project, "CONNECTION#" + connection);
  }

  /** Returns a digest of texts that may be too long or too odd for a key. */
  static String digest(String... texts) {
    return Digest.of(texts).hex(16);
  }
}
