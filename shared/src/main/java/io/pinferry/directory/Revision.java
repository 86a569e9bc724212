package io.pinferry.directory;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * A version of an integration. It never changes. Earlier versions are kept, since configs refer to
 * them.
 *
 * @param specVersion the version of the manifest format
 * @param content the integration's part of the manifest, in the contract's shape; not to be changed
 */
public record Revision(RevisionId id, String specVersion, Instant createTime, ObjectNode content) {}
