package io.pinferry.directory;

/**
 * A value as it was read, for a later write on the condition that it is still so.
 *
 * @param version of the document that holds it; see {@link Document#version}
 */
public record Snapshot<T>(T value, long version) {}
