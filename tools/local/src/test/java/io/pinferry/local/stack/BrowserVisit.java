package io.pinferry.local.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.RequestOptions;
import io.pinferry.base.Json;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A person in front of the example's page. Whatever is not there yet is waited for.
 *
 * @param name who is signed in
 */
record BrowserVisit(BrowserContext context, Page page, URI address, String name)
    implements AutoCloseable {
  private static final Path SCREENSHOTS = BrowserTools.given().folder().resolve("screenshots");

  /** Returns the same person, whose shop has its webhook at another address of the example's. */
  BrowserVisit at(URI other) {
    return new BrowserVisit(context, page, other, name);
  }

  Locator button(String label) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(label).setExact(true));
  }

  /** Returns a box to tick by all of its label. */
  Locator checkbox(String label) {
    return page.getByLabel(label, new Page.GetByLabelOptions().setExact(true));
  }

  /** Returns what shows a text, or part of a longer one. */
  Locator text(String text) {
    return page.getByText(text).first();
  }

  /** Waits until a text is shown. */
  void see(String text) {
    text(text).waitFor();
  }

  /** Goes to an object, or to what is below the objects. */
  void tab(String label) {
    page.getByRole(AriaRole.TAB, new Page.GetByRoleOptions().setName(Pattern.compile("^" + label)))
        .click();
  }

  /** Presses the button that opens Pinterest, and returns what opens. */
  Page pinterest() {
    Page popup = page.waitForPopup(() -> button("Next").click());
    popup.getByText("Simulated Pinterest").waitFor();
    return popup;
  }

  /** Presses a button of Pinterest's. */
  static void press(Page popup, String label) {
    popup.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(label)).click();
  }

  /** Does something that makes the page send a request, and returns the status of the answer. */
  int sends(String method, Runnable action) {
    return page.waitForResponse(
            answer -> answer.request().method().equals(method) && answer.url().contains("/v1/"),
            action)
        .status();
  }

  /** Chooses a field for what the product calls otherwise. */
  void map(String field) {
    Locator box = page.getByPlaceholder("Please select one");
    box.click();
    option(field).click();
  }

  /** Returns the colour behind the entries of the menu that is open, as CSS tells it. */
  String menuBackground() {
    page.getByPlaceholder("Please select one").click();
    Object colour =
        page.getByRole(AriaRole.LISTBOX).evaluate("menu => getComputedStyle(menu).backgroundColor");
    page.keyboard().press("Escape");
    return String.valueOf(colour);
  }

  /** Returns an entry of the menu that is open. */
  Locator option(String field) {
    return page.getByRole(
        AriaRole.OPTION, new Page.GetByRoleOptions().setName(field).setExact(true));
  }

  /** Returns what this person's shop got so far, the newest first. */
  List<JsonNode> messages() {
    APIResponse answer =
        page.request()
            .get(
                address.resolve("/backend/messages").toString(),
                // The server closes an idle connection just when the next request may use it.
                RequestOptions.create().setHeader("connection", "close"));
    return Json.trusted(answer.text()).valueStream().toList();
  }

  /** Waits for a message. */
  JsonNode awaitMessage(Predicate<JsonNode> wanted) {
    page.waitForCondition(() -> messages().stream().anyMatch(wanted));
    return messages().stream().filter(wanted).findFirst().orElseThrow();
  }

  /** Keeps what is to be seen now. */
  void shot(Page shown, String what) {
    shown.screenshot(
        new Page.ScreenshotOptions()
            .setFullPage(true)
            .setPath(SCREENSHOTS.resolve(name + "-" + what + ".png")));
  }

  void shot(String what) {
    shot(page, what);
  }

  @Override
  public void close() {
    if (!page.isClosed()) {
      shot("last");
    }
    context.close();
  }
}
