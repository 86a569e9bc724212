/** Benchmarks of reads from inside: the way of a page to its messages. */
@NullMarked
package io.pinferry.read;

import org.jspecify.annotations.NullMarked;
