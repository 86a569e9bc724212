/**
 * Operations: one full read of one object, or one write. Here is what an operation is to do, where
 * it stands, its log, its end and the notification of it. How the work is done is up to {@code
 * read} and {@code write}.
 */
@NullMarked
package io.pinferry.operation;

import org.jspecify.annotations.NullMarked;
