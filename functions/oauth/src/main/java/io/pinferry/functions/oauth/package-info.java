/** The function oauth: its handler, its settings and its wiring, nothing else. */
@NullMarked
package io.pinferry.functions.oauth;

import org.jspecify.annotations.NullMarked;
