/** Runs the code that the docs show. */
@NullMarked
package io.pinferry.local.samples;

import org.jspecify.annotations.NullMarked;
