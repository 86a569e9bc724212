/**
 * What a builder declares and what a group chooses: amp.yaml becomes revisions, and a revision and
 * an installation's config become the effective config that reads follow. Everything here is pure,
 * and tells all that is wrong at once, with its path in the file or body.
 */
@NullMarked
package io.pinferry.manifest;

import org.jspecify.annotations.NullMarked;
