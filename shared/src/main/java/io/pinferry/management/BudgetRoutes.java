package io.pinferry.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.connection.AccessTokens;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.Project;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import io.pinferry.limit.Budget;
import io.pinferry.limit.BudgetStore;
import io.pinferry.limit.WindowUse;
import io.pinferry.pinterest.RateCategory;
import io.pinferry.pinterest.RateLimits;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;

/** The rate budgets of installations. */
final class BudgetRoutes {
  private static final List<RateCategory> CATEGORIES = List.of(RateCategory.values());

  private final ProjectRepository projects;
  private final IntegrationRepository integrations;
  private final InstallationRepository installations;
  private final ConnectionRepository connections;
  private final BudgetStore budgets;
  private final InstantSource clock;

  BudgetRoutes(DirectoryStore store, BudgetStore budgets, InstantSource clock) {
    this.projects = new ProjectRepository(store);
    this.integrations = new IntegrationRepository(store);
    this.installations = new InstallationRepository(store);
    this.connections = new ConnectionRepository(store);
    this.budgets = budgets;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
            "/v1/projects/{project}/integrations/{integration}/installations/{installation}/budgets",
            Permission.INSTALLATION_READ,
            this::list));
  }

  private ApiResponse list(RouteCall call) {
    Project project = projects.get(call.project()).value();
    Integration integration = integrations.get(project.id(), call.variable("integration")).value();
    Installation installation =
        installations.get(project.id(), integration.id(), call.variable("installation")).value();
    ObjectNode json = Json.object();
    ArrayNode views = json.putArray("budgets");
    connections
        .find(project.id(), installation.connection())
        .ifPresent(connection -> views.addAll(views(connection.value())));
    return ApiResponse.json(200, json);
  }

  private List<ObjectNode> views(Connection connection) {
    Instant now = clock.instant();
    List<Budget> found =
        budgets.find(
            AccessTokens.budgetOwner(connection),
            CATEGORIES.stream().map(RateCategory::text).toList());
    return IntStream.range(0, found.size())
        .mapToObj(index -> view(CATEGORIES.get(index), found.get(index), now))
        .toList();
  }

  private static ObjectNode view(RateCategory category, Budget budget, Instant now) {
    ObjectNode json = Json.object();
    json.put("category", category.text());
    json.put("learned", budget.learned() != null);
    if (budget.pausedUntil().isAfter(now)) {
      json.put("pausedUntil", budget.pausedUntil().toString());
    }
    ArrayNode windows = json.putArray("windows");
    if (!RateLimits.isNotLimited(budget.learned())) {
      budget.uses(category.assumed(), now).forEach(use -> windows.add(view(use)));
    }
    return json;
  }

  private static ObjectNode view(WindowUse use) {
    ObjectNode json = Json.object();
    json.put("limit", use.window().limit());
    json.put("seconds", use.window().length().toSeconds());
    json.put("shared", use.shared());
    if (use.used() != null) {
      json.put("used", use.used());
      json.put("left", use.left());
    }
    if (use.fullAt() != null) {
      json.put("fullAt", use.fullAt().toString());
    }
    return json;
  }
}
