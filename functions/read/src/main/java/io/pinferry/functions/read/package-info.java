/** The function read: its handler, nothing else. */
@NullMarked
package io.pinferry.functions.read;

import org.jspecify.annotations.NullMarked;
