/** Writes the records of a file through the write door, each one at most once. */
@NullMarked
package io.pinferry.local.write;

import org.jspecify.annotations.NullMarked;
