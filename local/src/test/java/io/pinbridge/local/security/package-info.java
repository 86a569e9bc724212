/** Who may do what, for every route of every door. */
@NullMarked
package io.pinbridge.local.security;

import org.jspecify.annotations.NullMarked;
