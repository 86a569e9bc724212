/** The function deliver: its handler, its settings and its wiring, nothing else. */
@NullMarked
package io.pinferry.functions.deliver;

import org.jspecify.annotations.NullMarked;
