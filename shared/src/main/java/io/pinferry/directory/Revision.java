package io.pinferry.directory;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * One version of an integration. Never changes; earlier ones are kept, since configs name them.
 *
 * @param specVersion of the manifest it was written in
 * @param content the integration's part of the manifest, in the contract's shape; not to be changed
 */
public record Revision(RevisionId id, String specVersion, Instant createTime, ObjectNode content) {}
