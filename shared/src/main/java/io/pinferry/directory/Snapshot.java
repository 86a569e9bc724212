package io.pinferry.directory;

/**
 * A value that was read from a document. A later write can require that the document has not
 * changed.
 *
 * @param version the version of the document; see {@link Document#version}
 */
public record Snapshot<T>(T value, long version) {}
