package io.pinferry.local.api;

import io.pinferry.base.Secret;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The Pinferry that a command uses.
 *
 * @param api the address of the api door, without a slash at its end; the others likewise
 * @param read null if it was not given; {@code write} and {@code proxy} likewise
 * @param project the project's id or name; null if the key decides
 * @param source where this was found, in words for a person
 */
public record Target(
    URI api,
    @Nullable URI read,
    @Nullable URI write,
    @Nullable URI proxy,
    Secret key,
    @Nullable String project,
    String source) {}
