/**
 * The declaration of a builder and the choice of a group: amp.yaml becomes revisions; a revision
 * and the config of an installation become the effective config of reads. Everything here is pure,
 * and reports all issues at once, with their paths in the file or body.
 */
@NullMarked
package io.pinferry.manifest;

import org.jspecify.annotations.NullMarked;
