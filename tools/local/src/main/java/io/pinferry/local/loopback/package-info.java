/** Servers on 127.0.0.1. */
@NullMarked
package io.pinferry.local.loopback;

import org.jspecify.annotations.NullMarked;
