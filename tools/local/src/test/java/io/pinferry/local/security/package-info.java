/** The permissions of every route of every door. */
@NullMarked
package io.pinferry.local.security;

import org.jspecify.annotations.NullMarked;
