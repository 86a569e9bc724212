/** The function deliver: its handler, nothing else. */
@NullMarked
package io.pinferry.functions.deliver;

import org.jspecify.annotations.NullMarked;
