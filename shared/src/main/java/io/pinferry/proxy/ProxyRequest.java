package io.pinferry.proxy;

import io.pinferry.base.Issue;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.directory.Ids;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.http.ApiRequest;
import io.pinferry.http.Caller;
import io.pinferry.proxy.ProxyTargets.InstallationRef;
import java.util.Optional;

/**
 * The {@code x-amp-*} headers of a request.
 *
 * @param throttles whether the caller wants to be told when a request limit is used up
 */
record ProxyRequest(ProjectId project, InstallationRef installation, boolean throttles) {
  private static final String VERSION = "x-amp-proxy-version";
  private static final String PROJECT = "x-amp-project-id";
  private static final String INSTALLATION = "x-amp-installation-id";
  private static final String INTEGRATION = "x-amp-integration-name";
  private static final String GROUP = "x-amp-group-ref";
  private static final String LIMITER = "x-amp-rate-limiter-mode";

  /**
   * Reads the headers.
   *
   * @throws InvalidRequest if one is missing or not valid
   */
  static ProxyRequest of(ApiRequest request, Caller caller) {
    if (!required(request, VERSION).equals("1")) {
      throw badHeader(VERSION, "must be 1, the only version there is");
    }
    ProjectId project = project(request, caller);
    return new ProxyRequest(project, installation(request), throttles(request));
  }

  private static ProjectId project(ApiRequest request, Caller caller) {
    String id = required(request, PROJECT);
    if (!Ids.isUuid(id)) {
      throw badHeader(PROJECT, "must be the project's id; its name is not accepted here");
    }
    String own = caller.projectId();
    // The same answer whether or not there is such a project.
    if (own != null && !own.equals(id)) {
      throw badHeader(PROJECT, "is not the project that the key in x-api-key belongs to");
    }
    return new ProjectId(id);
  }

  private static InstallationRef installation(ApiRequest request) {
    Optional<String> installation = optional(request, INSTALLATION);
    if (installation.isPresent()) {
      if (!Ids.isUuid(installation.get())) {
        throw badHeader(INSTALLATION, "must be the id of an installation");
      }
      return new InstallationRef.Id(new InstallationId(installation.get()));
    }
    Optional<String> integration = optional(request, INTEGRATION);
    Optional<String> group = optional(request, GROUP);
    if (integration.isEmpty() && group.isEmpty()) {
      throw badHeader(
          INSTALLATION,
          "is missing; send it, or both " + INTEGRATION + " and " + GROUP + " instead");
    }
    return new InstallationRef.Group(
        integration.orElseThrow(
            () -> badHeader(INTEGRATION, "is missing; " + GROUP + " alone is not enough")),
        group.orElseThrow(
            () -> badHeader(GROUP, "is missing; " + INTEGRATION + " alone is not enough")));
  }

  private static boolean throttles(ApiRequest request) {
    Optional<String> mode = optional(request, LIMITER);
    if (mode.isPresent() && !mode.get().equalsIgnoreCase("throttle")) {
      throw badHeader(LIMITER, "must be throttle if it is sent");
    }
    return mode.isPresent();
  }

  /** Returns the answer to a request whose installation does not exist. */
  InvalidRequest unknownInstallation() {
    return switch (installation) {
      case InstallationRef.Id id ->
          badHeader(INSTALLATION, "the project has no installation " + id.id());
      case InstallationRef.Group _ ->
          badHeader(GROUP, "this group has no installation of the integration in " + INTEGRATION);
    };
  }

  private static Optional<String> optional(ApiRequest request, String header) {
    return request.header(header).map(String::strip).filter(value -> !value.isEmpty());
  }

  private static String required(ApiRequest request, String header) {
    return optional(request, header).orElseThrow(() -> badHeader(header, "is missing"));
  }

  private static InvalidRequest badHeader(String header, String detail) {
    return Issue.header(header, detail).malformed();
  }
}
