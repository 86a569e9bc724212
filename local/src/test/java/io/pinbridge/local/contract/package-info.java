/**
 * Compares what Pinbridge says with the official schemas of the contract that it speaks, where
 * their files are at hand. Nothing of those files is part of the repository.
 */
@NullMarked
package io.pinbridge.local.contract;

import org.jspecify.annotations.NullMarked;
