/**
 * Writes records to Pinterest: checks them before the first request, sends them within the budget,
 * and tells for each what is known of its effect.
 */
@NullMarked
package io.pinferry.write;

import org.jspecify.annotations.NullMarked;
