/** Who may do what, for every route of every door. */
@NullMarked
package io.pinferry.local.security;

import org.jspecify.annotations.NullMarked;
