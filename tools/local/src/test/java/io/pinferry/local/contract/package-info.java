/**
 * Compares what Pinferry says with the official schemas of the contract that it speaks, where their
 * files are at hand. Nothing of those files is part of the repository.
 */
@NullMarked
package io.pinferry.local.contract;

import org.jspecify.annotations.NullMarked;
