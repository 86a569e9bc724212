package io.pinferry.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApiRequestTest {
  @Test
  void anEventIsReadCompletely() {
    ApiRequest request =
        HttpEvents.request("POST", "/v1/projects/shop?groupRef=a%20b+c&x=1&x=2&flag&%zz=1")
            .header("X-Api-Key", "k")
            .body("{\"a\":\"ü\"}")
            .read();
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.segments()).containsExactly("v1", "projects", "shop");
    assertThat(request.queryValue("groupRef")).contains("a b c");
    assertThat(request.query())
        .containsEntry("x", List.of("1", "2"))
        .containsEntry("flag", List.of(""))
        .containsEntry("%zz", List.of("1"));
    assertThat(request.header("x-api-key")).contains("k");
    assertThat(new String(request.body(), UTF_8)).isEqualTo("{\"a\":\"ü\"}");
    assertThat(request.requestId()).isEqualTo("JKJaXmPLvHcESHA=");
    assertThat(request.domainName()).isEqualTo("api.example.com");
  }

  @Test
  void aPathIsNotDecodedASecondTime() {
    assertThat(HttpEvents.request("GET", "/v1/a%2Fb/100%/c+d").read().segments())
        .containsExactly("v1", "a%2Fb", "100%", "c+d");
  }

  @Test
  void aPathThatApiGatewayCutAtAnEncodedQuestionMarkIsWhole() {
    HttpEvents events = HttpEvents.cutAtQuestionMark("DELETE", "/v1/projects/shop?x/jwt-keys/7");
    assertThat(events.event().path("rawPath").asText()).isEqualTo("/v1/projects/shop");
    events.event().put("routeKey", "ANY /v1/{path+}");
    events.event().withObject("/pathParameters").put("path", "projects/shop?x/jwt-keys/7");

    ApiRequest request = events.read();

    assertThat(request.path()).isEqualTo("/v1/projects/shop?x/jwt-keys/7");
    assertThat(request.segments()).containsExactly("v1", "projects", "shop?x", "jwt-keys", "7");
    assertThat(request.query()).isEmpty();
  }

  @Test
  void slashesInFrontAreOne() {
    assertThat(HttpEvents.request("GET", "///v1/x").read().path()).isEqualTo("/v1/x");
  }

  @Test
  void thePathOfTheDefaultRouteFitsNoOtherRoute() {
    HttpEvents events = HttpEvents.request("DELETE", "//v1/x");
    events.event().put("routeKey", "$default").remove("pathParameters");

    assertThat(events.read().path()).isEqualTo("//v1/x");
    assertThat(events.read().segments()).isEmpty();
  }

  @Test
  void emptySegmentsStay() {
    assertThat(HttpEvents.request("GET", "/v1//x/").read().segments())
        .containsExactly("v1", "", "x", "");
    assertThat(HttpEvents.request("GET", "/").read().segments()).isEmpty();
  }

  @Test
  void aBase64BodyIsDecoded() {
    byte[] bytes = {0, (byte) 0xFF, 7};
    assertThat(HttpEvents.request("POST", "/x").base64Body(bytes).read().body()).isEqualTo(bytes);
  }

  @Test
  void missingPartsAreTakenAsEmpty() throws IOException {
    ApiRequest request = read("{}");
    assertThat(request.method()).isEqualTo("GET");
    assertThat(request.path()).isEqualTo("/");
    assertThat(request.query()).isEmpty();
    assertThat(request.headers()).isEmpty();
    assertThat(request.body()).isEmpty();
    assertThat(request.requestId()).isEqualTo("-");
    assertThat(request.domainName()).isEmpty();
  }

  @Test
  void membersOfAnUnexpectedKindDoNotConfuseTheReader() throws IOException {
    ApiRequest request =
        read(
            """
            {"requestContext":{"authorizer":{"requestId":"wrong"},"http":{"method":"PUT","path":"/p",
             "more":[{"method":"x"}]},"requestId":"r"},"headers":{"a":null,"b":{"c":"d"},"e":"f"},
             "cookies":["a=b"],"body":null,"stageVariables":{"body":"wrong"}}
            """);
    assertThat(request.method()).isEqualTo("PUT");
    assertThat(request.path()).isEqualTo("/p");
    assertThat(request.requestId()).isEqualTo("r");
    assertThat(request.headers()).containsOnlyKeys("e");
    assertThat(request.body()).isEmpty();
  }

  @Test
  void whatIsNoEventIsRefused() {
    assertThatThrownBy(() -> read("[]")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> read("")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> read("{\"body\":\"%%\",\"isBase64Encoded\":true}"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("base64");
  }

  @Test
  void headersAndBodyAreNotShown() {
    assertThat(HttpEvents.request("POST", "/x?code=s3cret").key("s3cret").body("s3cret").read())
        .asString()
        .doesNotContain("s3cret");
  }

  private static ApiRequest read(String event) throws IOException {
    return ApiRequest.read(Door.API, new ByteArrayInputStream(event.getBytes(UTF_8)));
  }
}
