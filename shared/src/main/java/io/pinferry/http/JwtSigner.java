package io.pinferry.http;

import java.security.interfaces.RSAPublicKey;

/**
 * A signer of JWTs: the back end of a project, with the public key that the project registered.
 *
 * @param kid the id of the key
 */
public record JwtSigner(String projectId, String projectName, String kid, RSAPublicKey publicKey) {}
