/** The function oauth: its handler, nothing else. */
@NullMarked
package io.pinferry.functions.oauth;

import org.jspecify.annotations.NullMarked;
