package io.pinferry.http;

import java.security.interfaces.RSAPublicKey;

/**
 * Who signs JWTs: the back end of a project that registered a public key.
 *
 * @param projectId the key's project
 * @param projectName the same project's name
 * @param kid the key's id
 */
public record JwtSigner(String projectId, String projectName, String kid, RSAPublicKey publicKey) {}
