/**
 * The routes of the api door, except those of connections, and of the read door. They turn requests
 * into calls of the features and results into the contract's forms. The rules of a feature are in
 * its own package.
 */
@NullMarked
package io.pinferry.management;

import org.jspecify.annotations.NullMarked;
