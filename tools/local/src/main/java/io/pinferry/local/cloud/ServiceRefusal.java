package io.pinferry.local.cloud;

/** A request that a service refuses, with the error type of its protocol. */
final class ServiceRefusal extends Exception {

  private static final long serialVersionUID = 1L;

  private final String type;

  private ServiceRefusal(String type, String message) {
    super(message);
    this.type = type;
  }

  static ServiceRefusal notFound(String message) {
    return new ServiceRefusal("ResourceNotFoundException", message);
  }

  static ServiceRefusal exists(String message) {
    return new ServiceRefusal("ResourceExistsException", message);
  }

  static ServiceRefusal invalidRequest(String message) {
    return new ServiceRefusal("InvalidRequestException", message);
  }

  static ServiceRefusal invalidParameter(String message) {
    return new ServiceRefusal("InvalidParameterException", message);
  }

  static ServiceRefusal invalid(String message) {
    return new ServiceRefusal("ValidationException", message);
  }

  static ServiceRefusal limitExceeded(String message) {
    return new ServiceRefusal("LimitExceededException", message);
  }

  static ServiceRefusal invalidCiphertext(String message) {
    return new ServiceRefusal("InvalidCiphertextException", message);
  }

  static ServiceRefusal unknownOperation(String operation) {
    return new ServiceRefusal(
        "UnknownOperationException", "the embedded service has no operation " + operation);
  }

  String type() {
    return type;
  }

  String text() {
    String message = getMessage();
    return message == null ? type : message;
  }
}
