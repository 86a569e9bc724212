/**
 * Stores projects, integrations, installations, connections, destinations, topics and keys. Lists
 * are strongly consistent. Conditional writes keep names and other keys unique.
 */
@NullMarked
package io.pinferry.directory;

import org.jspecify.annotations.NullMarked;
