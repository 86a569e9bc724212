package io.pinferry.directory;

/**
 * The key of a document.
 *
 * @param partition the unit of listing: a project, or a key that is found by itself
 * @param sort the place within the partition
 */
public record DocumentKey(String partition, String sort) {}
