/**
 * The base of all features: ids, errors, time, tasks, logging and JSON. It uses no other package.
 */
@NullMarked
package io.pinferry.base;

import org.jspecify.annotations.NullMarked;
