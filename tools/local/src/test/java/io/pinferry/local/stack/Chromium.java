package io.pinferry.local.stack;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A browser that runs, and Playwright, which steers it. */
record Chromium(Playwright playwright, Browser browser) implements AutoCloseable {
  /** Where Playwright looks for the folder with its program for Node. */
  private static final String DRIVER = "playwright.cli.dir";

  static Chromium start(BrowserTools tools) throws IOException {
    Path driver = tools.installed("tools/local/src/test/browser");
    // There it looks for a folder named "package": its package.json calls playwright-core so.
    System.setProperty(DRIVER, driver.resolve("node_modules").toString());
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions()
                .setEnv(
                    Map.of(
                        "PLAYWRIGHT_NODEJS_PATH",
                        tools.node().toString(),
                        "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD",
                        "1")));
    Browser browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(tools.chromium())
                    .setArgs(List.of("--disable-gpu", "--disable-quic")));
    return new Chromium(playwright, browser);
  }

  @Override
  public void close() {
    playwright.close();
    System.clearProperty(DRIVER);
  }
}
