/** The function read: its handler, its settings and its wiring, nothing else. */
@NullMarked
package io.pinferry.functions.read;

import org.jspecify.annotations.NullMarked;
