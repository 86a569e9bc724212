package io.pinferry.console;

import static io.pinferry.base.Issue.clipped;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.Digest;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The files of the console, from the class path. The list is fixed, so no path leads to another
 * file.
 */
public final class ConsoleRoutes {
  static final String PAGE = "index.html";

  private static final String HTML = "text/html; charset=utf-8";
  private static final String CSS = "text/css; charset=utf-8";
  private static final String JAVASCRIPT = "text/javascript; charset=utf-8";

  /** The console's only library. Its version is that of the dependency. */
  private static final String LIT = "/META-INF/resources/webjars/lit-html/3.3.2/lit-html.js";

  /** The files by the last segment of their paths. */
  static final Map<String, ConsoleFile> FILES =
      Map.ofEntries(
          Map.entry(PAGE, new ConsoleFile(PAGE, HTML)),
          Map.entry("console.css", new ConsoleFile("console.css", CSS)),
          Map.entry("icon.svg", new ConsoleFile("icon.svg", "image/svg+xml")),
          Map.entry("lit-html.js", new ConsoleFile(LIT, JAVASCRIPT)),
          script("main.js"),
          script("api.js"),
          script("address.js"),
          script("parts.js"),
          script("tables.js"),
          script("login.js"),
          script("overview.js"),
          script("installations.js"),
          script("installation.js"),
          script("budgets.js"),
          script("integrations.js"),
          script("integration.js"),
          script("changes.js"),
          script("connect.js"),
          script("journey.js"),
          script("operations.js"),
          script("operation.js"),
          script("filters.js"),
          script("periods.js"),
          script("deliveries.js"),
          script("destinations.js"));

  /**
   * The headers of every file. The page runs no script and no style but these files, talks only to
   * its own origin, and is in no frame. A text cannot become HTML but by the library's templates.
   */
  private static final Map<String, String> HEADERS =
      Map.of(
          "content-security-policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src"
              + " 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
              + " require-trusted-types-for 'script'; trusted-types lit-html",
          "x-content-type-options",
          "nosniff",
          "referrer-policy",
          "no-referrer",
          "cross-origin-opener-policy",
          "same-origin",
          "cross-origin-resource-policy",
          "same-origin",
          // A browser keeps a file, and asks with its entity tag whether the file has changed.
          "cache-control",
          "no-cache");

  private ConsoleRoutes() {}

  /**
   * A file of the console.
   *
   * @param resource its name on the class path, absolute or relative to this class
   */
  record ConsoleFile(String resource, String contentType) {
    String read() {
      try (InputStream file = ConsoleRoutes.class.getResourceAsStream(resource)) {
        if (file == null) {
          throw new IllegalStateException(resource + " was not packaged");
        }
        return new String(file.readAllBytes(), UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static Map.Entry<String, ConsoleFile> script(String name) {
    return Map.entry(name, new ConsoleFile(name, JAVASCRIPT));
  }

  public static List<Route> routes() {
    return List.of(
        Route.get("/console", Permission.CONSOLE, call -> answer(call, PAGE)),
        Route.get(
            "/console/{file}", Permission.CONSOLE, call -> answer(call, call.variable("file"))));
  }

  private static ApiResponse answer(RouteCall call, String name) {
    ConsoleFile file = FILES.get(name);
    if (file == null) {
      throw new NotFound("the console has no file " + clipped(name), "open /console");
    }
    String content = file.read();
    String tag = '"' + Digest.sha256Hex(content) + '"';
    ApiResponse response =
        has(call, tag)
            ? ApiResponse.empty(304)
            : ApiResponse.text(200, file.contentType(), content);
    for (Map.Entry<String, String> header : HEADERS.entrySet()) {
      response = response.withHeader(header.getKey(), header.getValue());
    }
    return response.withHeader("etag", tag);
  }

  /** Returns whether the browser has this version of a file. */
  private static boolean has(RouteCall call, String tag) {
    return call.request().header("if-none-match").stream()
        .flatMap(tags -> Arrays.stream(tags.split(",", -1)))
        .map(each -> each.strip().replaceFirst("^W/", ""))
        .anyMatch(each -> each.equals(tag));
  }
}
