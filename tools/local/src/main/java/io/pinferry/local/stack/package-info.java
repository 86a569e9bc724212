/** The embedded cloud and the simulated Pinterest together, with a project that is ready to use. */
@NullMarked
package io.pinferry.local.stack;

import org.jspecify.annotations.NullMarked;
