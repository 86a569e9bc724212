package io.pinferry.directory;

/** Tells whether a connection is needed. */
public interface ConnectionUse {
  /** Returns whether any installation uses the connection, as of the last acknowledged write. */
  boolean inUse(ProjectId project, ConnectionId connection);
}
