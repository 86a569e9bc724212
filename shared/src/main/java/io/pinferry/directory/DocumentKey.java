package io.pinferry.directory;

/**
 * Where a document is.
 *
 * @param partition what is listed together: a project, or a key that is looked up by itself
 * @param sort the place within the partition
 */
public record DocumentKey(String partition, String sort) {}
