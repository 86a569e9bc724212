package io.pinferry.read;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.ManualClock;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.HttpTransport;
import java.net.URLDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Lists whose pages a test has written, and what a test wants to go wrong. A list is named by its
 * path after {@code /v5/} and by the parameters that tell it from others.
 */
final class ScriptedPinterest implements HttpTransport {
  private static final List<String> NOT_IN_NAMES =
      List.of("page_size", "bookmark", "include_protected_pins", "include_shared_accounts");

  /**
   * A request as seen here.
   *
   * @param list its name
   * @param bookmark null for the first page
   */
  record Request(String list, @Nullable String bookmark, String token) {}

  /** Answers a request, or leaves it to the next by returning null. */
  interface Script {
    @Nullable HttpAnswer answer(Request request);
  }

  private final ManualClock clock;
  private final Map<String, List<List<String>>> lists = new HashMap<>();
  private final List<Script> scripts = new ArrayList<>();
  private final List<Request> requests = new ArrayList<>();
  private Duration latency = Duration.ofMillis(100);

  ScriptedPinterest(ManualClock clock) {
    this.clock = clock;
  }

  /** Sets how long each answer takes. */
  void answersAfter(Duration duration) {
    latency = duration;
  }

  /** Makes a list of pages of records. */
  @SafeVarargs
  final void list(String name, List<String>... pages) {
    List<List<String>> all = new ArrayList<>();
    for (List<String> page : pages) {
      all.add(page);
    }
    listOf(name, all);
  }

  void listOf(String name, List<List<String>> pages) {
    lists.put(name, List.copyOf(pages));
  }

  /** Returns records with the ids of a range, e.g. {@code {"id":"7"}}. */
  static List<String> records(int from, int to) {
    return IntStream.range(from, to).mapToObj(id -> "{\"id\":\"" + id + "\"}").toList();
  }

  /** Adds something that goes before the lists. */
  void script(Script script) {
    scripts.add(script);
  }

  /** Lets the next requests for a page of a list fail. */
  void fail(String list, @Nullable String bookmark, int times, int status, String body) {
    int[] left = {times};
    script(
        request ->
            request.list().equals(list)
                    && String.valueOf(request.bookmark()).equals(String.valueOf(bookmark))
                    && left[0]-- > 0
                ? answer(status, body)
                : null);
  }

  static HttpAnswer answer(int status, String body) {
    return new HttpAnswer(
        status,
        Map.of("x-pinterest-rid", List.of("4711")),
        body.replace('\'', '"').getBytes(UTF_8),
        false);
  }

  /** Answers 429 with this many seconds to wait. */
  static HttpAnswer limited(int seconds) {
    return new HttpAnswer(
        429,
        Map.of("x-ratelimit-reset", List.of(Integer.toString(seconds))),
        "{\"code\":8,\"message\":\"limit\"}".getBytes(UTF_8),
        false);
  }

  /** Returns every request, in order. */
  List<Request> requests() {
    return List.copyOf(requests);
  }

  /** Returns the bookmarks that a list was asked for, "null" for the first page. */
  List<String> bookmarksOf(String list) {
    return requests.stream()
        .filter(request -> request.list().equals(list))
        .map(request -> String.valueOf(request.bookmark()))
        .toList();
  }

  @Override
  public HttpAnswer send(HttpCall call) {
    Request request = request(call);
    requests.add(request);
    clock.advance(latency);
    Iterator<Script> all = List.copyOf(scripts).iterator();
    while (all.hasNext()) {
      HttpAnswer answer = all.next().answer(request);
      if (answer != null) {
        return answer;
      }
    }
    List<List<String>> pages = lists.get(request.list());
    if (pages == null) {
      return answer(404, "{'code':40,'message':'not found: " + request.list() + "'}");
    }
    int page = request.bookmark() == null ? 1 : Integer.parseInt(request.bookmark().substring(1));
    String next = page < pages.size() ? "\"b" + (page + 1) + "\"" : "null";
    return answer(200, page(pages.get(page - 1), next));
  }

  /** Returns a page; the bookmark is JSON. */
  static String page(List<String> records, String bookmark) {
    return "{\"items\":[" + String.join(",", records) + "],\"bookmark\":" + bookmark + "}";
  }

  private static Request request(HttpCall call) {
    Map<String, String> query =
        Optional.ofNullable(call.uri().getRawQuery()).stream()
            .flatMap(all -> Arrays.stream(all.split("&", -1)))
            .map(pair -> pair.split("=", 2))
            .collect(
                Collectors.toMap(
                    pair -> URLDecoder.decode(pair[0], UTF_8),
                    pair -> URLDecoder.decode(pair[1], UTF_8)));
    String parameters =
        query.entrySet().stream()
            .filter(parameter -> !NOT_IN_NAMES.contains(parameter.getKey()))
            .map(parameter -> parameter.getKey() + "=" + parameter.getValue())
            .sorted()
            .collect(Collectors.joining("&"));
    String path = call.uri().getPath().substring("/v5/".length());
    return new Request(
        parameters.isEmpty() ? path : path + "?" + parameters,
        query.get("bookmark"),
        String.valueOf(call.headers().get("authorization")));
  }
}
