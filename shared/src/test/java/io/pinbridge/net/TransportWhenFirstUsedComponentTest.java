package io.pinbridge.net;

final class TransportWhenFirstUsedComponentTest extends HttpTransportContract {
  @Override
  HttpTransport transport() {
    return JdkHttpTransport.whenFirstUsed();
  }
}
