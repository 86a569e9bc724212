/** The function management: its handler, nothing else. */
@NullMarked
package io.pinferry.functions.management;

import org.jspecify.annotations.NullMarked;
