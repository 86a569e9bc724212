package io.pinferry.manifest;

/**
 * An object that an integration writes.
 *
 * @param objectName its name at Pinterest
 * @param inheritMapping whether the read mappings apply in reverse
 * @param anyDefaults whether an installation may set default values for any field
 */
public record WriteObject(String objectName, boolean inheritMapping, boolean anyDefaults) {}
