package io.pinferry.management;

import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Paths of the contract that a deployment in one's own account does not need. The answer says so,
 * so that nobody looks for a mistake in the path.
 */
final class ElsewhereRoutes {
  private ElsewhereRoutes() {}

  static List<Route> routes() {
    Function<RouteCall, ApiResponse> people =
        call -> {
          throw new NotFound(
              "there are no organisations, builders and invites here: who has the operator's key of"
                  + " this Pinferry runs it",
              "give each who works on a project an API key: POST /v1/projects/{project}/api-keys");
        };
    Function<RouteCall, ApiResponse> money =
        call -> {
          throw new NotFound(
              "there are no plans and bills here: this Pinferry runs in its operator's own AWS"
                  + " account",
              "what it costs stands in the bill of that account");
        };
    Function<RouteCall, ApiResponse> domains =
        call -> {
          throw new NotFound(
              "there are no claimed domains here: nobody signs in to this Pinferry",
              "its own address is set when it is deployed, by the parameter PublicApiUrl");
        };
    Function<RouteCall, ApiResponse> otherAuthentication =
        call -> {
          throw new NotFound(
              "no provider here authenticates in its own way: Pinterest is connected by OAuth",
              "use POST /v1/oauth-connect");
        };
    Permission permission = Permission.PROJECT_LIST;
    return Stream.of(
            Route.post("/v1/orgs", permission, people),
            Route.get("/v1/orgs/{org}", permission, people),
            Route.patch("/v1/orgs/{org}", permission, people),
            Route.get("/v1/orgs/{org}/builders", permission, people),
            Route.get("/v1/orgs/{org}/invites", permission, people),
            Route.post("/v1/orgs/{org}/invites", permission, people),
            Route.get("/v1/orgs/{org}/invites/{invite}", permission, people),
            Route.delete("/v1/orgs/{org}/invites/{invite}", permission, people),
            Route.post("/v1/orgs/{org}/memberships", permission, people),
            Route.post("/v1/invites:accept", permission, people),
            Route.get("/v1/orgs/{org}/billingAccount", permission, money),
            Route.post("/v1/billingAccounts/{billingAccount}/portalSession", permission, money),
            Route.get("/v1/claimed-domains", permission, domains),
            Route.post("/v1/claimed-domains", permission, domains),
            Route.get("/v1/orgs/{org}/claimed-domains", permission, domains),
            Route.post("/v1/custom-auth/connect", Permission.CONNECTION_START, otherAuthentication))
        .map(Route::takingAnything)
        .toList();
  }
}
