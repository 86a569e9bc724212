package io.pinferry.aws;

import javax.crypto.SecretKey;
import software.amazon.awssdk.core.SdkBytes;

/** Keys that values are encrypted with. Only a key service can unwrap them. */
interface DataKeys {
  /**
   * A data key.
   *
   * @param key 256 bits, for AES
   * @param wrapped the same, encrypted by the key service
   */
  record DataKey(SecretKey key, SdkBytes wrapped) {}

  /**
   * Returns a key to encrypt with; the same one for a while.
   *
   * @throws io.pinferry.base.PinferryException.ProviderUnavailable if the key service cannot answer
   */
  DataKey current();

  /**
   * Returns the key that was wrapped.
   *
   * @throws io.pinferry.base.PinferryException.ProviderUnavailable if the key service cannot answer
   */
  SecretKey unwrap(SdkBytes wrapped);
}
