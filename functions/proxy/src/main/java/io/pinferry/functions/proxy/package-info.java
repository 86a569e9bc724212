/** The function proxy: its handler, nothing else. */
@NullMarked
package io.pinferry.functions.proxy;

import org.jspecify.annotations.NullMarked;
