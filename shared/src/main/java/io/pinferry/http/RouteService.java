package io.pinferry.http;

import static io.pinferry.base.Field.field;
import static io.pinferry.base.Issue.clipped;

import io.pinferry.base.PinferryException.InvalidRequest;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Passes each request to the handler of its route, if the caller has the permission. */
final class RouteService implements RequestService {
  private static final Pattern CHARSET = Pattern.compile("(?i)charset=\"?([^\";\\s]*)");
  private static final Set<String> UTF_8_NAMES = Set.of("utf-8", "utf8", "us-ascii");

  private final Router router;
  private final Guard guard;
  private final int bodyBytesMax;
  private final Problems problems;

  RouteService(Router router, Guard guard, InstantSource clock, int bodyBytesMax) {
    this.router = router;
    this.guard = guard;
    this.bodyBytesMax = bodyBytesMax;
    this.problems = new Problems(clock);
  }

  @Override
  public List<Route> routes() {
    return router.routes();
  }

  @Override
  public ApiResponse answer(ApiRequest request, RequestLog log) {
    log.note(field("route", "-"));
    log.note(field("caller", "-"));
    return switch (router.match(request)) {
      case RouteLookup.UnknownPath _ -> problems.ofUnknownPath(request);
      case RouteLookup.WrongMethod wrong -> problems.ofWrongMethod(request, wrong.allowed());
      case RouteLookup.Match match -> {
        Route route = match.route();
        log.note(field("route", route.pattern()));
        Caller caller = guard.admit(request, route.permission(), match.variables().get("project"));
        log.note(field("caller", caller.keyId() == null ? "anonymous" : caller.keyId()));
        // After the guard, so that strangers do not learn the limit.
        checkSize(request);
        checkEncoding(request);
        var call =
            new RouteCall(
                request,
                route,
                match.variables(),
                caller,
                log.log().with(field("route", route.pattern())));
        call.checkQuery();
        yield route.handler().apply(call);
      }
    };
  }

  private static void checkEncoding(ApiRequest request) {
    String coding = request.header("content-encoding").orElse("").strip();
    if (!coding.isEmpty() && !coding.equalsIgnoreCase("identity") && request.body().length > 0) {
      throw unsupported(
          "the content-encoding %s is not supported".formatted(clipped(coding)),
          "send the body as it is, without content-encoding");
    }
    Matcher charset = CHARSET.matcher(request.header("content-type").orElse(""));
    if (charset.find() && !UTF_8_NAMES.contains(charset.group(1).toLowerCase(Locale.ROOT))) {
      throw unsupported(
          "the charset %s is not supported".formatted(clipped(charset.group(1))),
          "send the body in UTF-8");
    }
  }

  private static InvalidRequest unsupported(String message, String remedy) {
    return new InvalidRequest(InvalidRequest.Kind.UNSUPPORTED, message, remedy, List.of());
  }

  private void checkSize(ApiRequest request) {
    if (request.body().length > bodyBytesMax) {
      throw new InvalidRequest(
          InvalidRequest.Kind.TOO_LARGE,
          "the body has %s bytes, at most %s are accepted"
              .formatted(request.body().length, bodyBytesMax),
          "send less at once",
          List.of());
    }
  }
}
