/** The function proxy: its handler, its settings and its wiring, nothing else. */
@NullMarked
package io.pinbridge.functions.proxy;

import org.jspecify.annotations.NullMarked;
