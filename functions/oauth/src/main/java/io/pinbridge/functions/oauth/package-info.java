/** The function oauth: its handler, its settings and its wiring, nothing else. */
@NullMarked
package io.pinbridge.functions.oauth;

import org.jspecify.annotations.NullMarked;
