/**
 * Tests about the repository itself: the deployment template, the architecture, the format of the
 * sources, and the house rules. They live here because only this module sees every class.
 */
@NullMarked
package io.pinferry.local.repository;

import org.jspecify.annotations.NullMarked;
