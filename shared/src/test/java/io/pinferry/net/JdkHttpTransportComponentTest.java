package io.pinferry.net;

final class JdkHttpTransportComponentTest extends HttpTransportContract {
  @Override
  HttpTransport transport() {
    return new JdkHttpTransport();
  }
}
