/** The function proxy: its handler, its settings and its wiring, nothing else. */
@NullMarked
package io.pinferry.functions.proxy;

import org.jspecify.annotations.NullMarked;
