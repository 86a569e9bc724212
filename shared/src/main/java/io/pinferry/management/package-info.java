/**
 * What operators and products do with projects, integrations, installations, destinations, keys and
 * operations over HTTP: the routes of the api door but for connections, and the read door's. Turns
 * requests into calls of the features and their values into the contract's shapes; rules of a
 * feature live in the feature.
 */
@NullMarked
package io.pinferry.management;

import org.jspecify.annotations.NullMarked;
