package io.pinferry.aws;

import io.pinferry.base.PinferryException.ProviderUnavailable;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/** Turns temporary failures of AWS into our own. The SDK has already retried the calls. */
final class AwsFailures {
  private AwsFailures() {}

  /**
   * Calls a service.
   *
   * @throws ProviderUnavailable for a temporary failure
   */
  static <T> T calling(String service, Supplier<T> call) {
    try {
      return call.get();
    } catch (SdkException failure) {
      throw of(service, failure);
    }
  }

  /**
   * Calls a service that stores a value. A value that is refused, whatever the reason, needs
   * another place.
   *
   * @throws ProviderUnavailable for each failure
   */
  static <T> T storing(String service, Supplier<T> call) {
    try {
      return call.get();
    } catch (SdkException refused) {
      throw unavailable(service, refused);
    }
  }

  /** Returns the exception to throw: the failure itself unless it is temporary. */
  static RuntimeException of(String service, SdkException failure) {
    boolean temporary =
        failure instanceof SdkClientException
            || (failure instanceof SdkServiceException answer
                && (answer.isThrottlingException() || answer.statusCode() >= 500));
    return temporary ? unavailable(service, failure) : failure;
  }

  static ProviderUnavailable unavailable(String service, SdkException failure) {
    return new ProviderUnavailable(
        service + " cannot answer now: " + failure.getMessage(), null, failure);
  }
}
