package io.pinferry.management;

import static io.pinferry.base.Field.field;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.IdSource;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.directory.Destination;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.Revision;
import io.pinferry.directory.RevisionId;
import io.pinferry.directory.Snapshot;
import io.pinferry.install.PauseReads;
import io.pinferry.manifest.IntegrationRevision;
import io.pinferry.manifest.Manifest;
import io.pinferry.manifest.ManifestParser;
import io.pinferry.manifest.Plan;
import io.pinferry.manifest.ReadObject;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.pinterest.ReadPlan;
import io.pinferry.pinterest.WriteObjects;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Makes integrations and revisions from a manifest. Installations stay as they are: each gets a new
 * revision when its config is set again. Only a destructive deploy changes installations: it pauses
 * the reads of objects that the new revision lacks.
 */
public final class Deploy {
  private final IntegrationRepository integrations;
  private final InstallationRepository installations;
  private final DestinationRepository destinations;
  private final PauseReads pause;
  private final ManifestParser parser;
  private final IdSource ids;
  private final InstantSource clock;
  private final Log log;

  public Deploy(
      DirectoryStore store, PauseReads pause, IdSource ids, InstantSource clock, Log log) {
    this.pause = pause;
    this.integrations = new IntegrationRepository(store);
    this.installations = new InstallationRepository(store);
    this.destinations = new DestinationRepository(store);
    this.parser =
        new ManifestParser(
            ReadCatalogue.names(), ReadCatalogue.namesWithDeletions(), WriteObjects.names());
    this.ids = ids;
    this.clock = clock;
    this.log = log;
  }

  /**
   * The result of a deploy.
   *
   * @param integrations in the file's order
   * @param warnings parts of the manifest without effect
   */
  public record Deployment(List<Integration> integrations, List<Issue> warnings) {
    public Deployment {
      integrations = List.copyOf(integrations);
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Deploys a manifest. It is checked as a whole first; then each integration is one transaction.
   *
   * @param destructive whether to pause the reads of objects that a new revision lacks
   * @throws InvalidRequest with all issues; the name of an issue is a path in the file
   */
  public Deployment deploy(ProjectId project, String yaml, boolean destructive) {
    Manifest manifest = checked(project, yaml);
    var deployed = new ArrayList<Integration>();
    for (IntegrationRevision revision : manifest.integrations()) {
      deployed.add(deploy(project, revision, destructive));
    }
    return new Deployment(deployed, manifest.warnings());
  }

  /**
   * Deploys the part of a manifest that is about one integration as its new revision.
   *
   * @throws InvalidRequest if the manifest is wrong, or has no such integration
   */
  public Deployment revise(Integration integration, String yaml, boolean destructive) {
    Manifest manifest = checked(integration.project(), yaml);
    IntegrationRevision revision =
        manifest.integrations().stream()
            .filter(one -> one.name().equals(integration.name()))
            .findFirst()
            .orElseThrow(
                () ->
                    Issue.body("integrations", "has no integration named " + integration.name())
                        .unprocessable());
    return new Deployment(
        List.of(deploy(integration.project(), revision, destructive)), manifest.warnings());
  }

  /**
   * Creates an integration from content that came as JSON.
   *
   * @param path where the content is in the request's body
   * @throws Conflict if there is an integration of this name
   */
  public Deployment create(ProjectId project, String path, JsonNode content) {
    Manifest manifest = parser.parseContent(path, content);
    warn(project, manifest);
    IntegrationRevision revision = manifest.integrations().getFirst();
    var issues = new ArrayList<>(revision.missingDestinations(path, destinationsOf(project)));
    issues.addAll(wrongPlans(revision, path));
    refuse(path, issues);
    Integration created = integration(project, revision);
    integrations.create(created);
    return new Deployment(List.of(created), manifest.warnings());
  }

  private void warn(ProjectId project, Manifest manifest) {
    for (Issue warning : manifest.warnings()) {
      log.warn(
          "part of a manifest has no effect",
          field("project", project),
          field("place", warning.name()),
          field("reason", warning.detail()));
    }
  }

  private Manifest checked(ProjectId project, String yaml) {
    Manifest manifest = parser.parse(yaml);
    var issues = new ArrayList<>(manifest.missingDestinations(destinationsOf(project)));
    for (int i = 0; i < manifest.integrations().size(); i++) {
      issues.addAll(wrongPlans(manifest.integrations().get(i), "integrations[" + i + "]"));
    }
    refuse("amp.yaml", issues);
    warn(project, manifest);
    return manifest;
  }

  private static void refuse(String what, List<Issue> issues) {
    if (!issues.isEmpty()) {
      throw InvalidRequest.unprocessable(what, issues);
    }
  }

  private Predicate<String> destinationsOf(ProjectId project) {
    Set<String> names =
        destinations.list(project).stream().map(Destination::name).collect(Collectors.toSet());
    return names::contains;
  }

  private static List<Issue> wrongPlans(IntegrationRevision revision, String path) {
    var issues = new ArrayList<Issue>();
    for (int i = 0; i < revision.read().size(); i++) {
      ReadObject read = revision.read().get(i);
      Plan plan = read.plan();
      List<String> plans =
          ReadCatalogue.get(read.objectName()).plans().stream().map(ReadPlan::name).toList();
      if (plan != null && !plans.contains(plan.text())) {
        issues.add(
            Issue.body(
                path + ".read.objects[" + i + "].x-pinferry-plan",
                plan.text(),
                "is no way to read %s; leave it out, or use %s"
                    .formatted(read.objectName(), String.join(" or ", plans))));
      }
    }
    return issues;
  }

  private Integration deploy(ProjectId project, IntegrationRevision revision, boolean destructive) {
    Integration deployed = deployOnce(project, revision);
    if (destructive) {
      Set<String> kept =
          revision.read().stream()
              .map(read -> read.objectName().toLowerCase(Locale.ROOT))
              .collect(Collectors.toSet());
      for (Snapshot<Installation> installation : installations.list(project, deployed.id())) {
        pause.pause(
            installation.value(),
            read -> !kept.contains(read.objectName().toLowerCase(Locale.ROOT)),
            "a deploy without this object paused it");
      }
    }
    return deployed;
  }

  private Integration deployOnce(ProjectId project, IntegrationRevision revision) {
    Optional<Snapshot<Integration>> existing = integrations.findByName(project, revision.name());
    if (existing.isEmpty()) {
      Integration created = integration(project, revision);
      integrations.create(created);
      log.info(
          "integration created", field("project", project), field("integration", created.id()));
      return created;
    }
    Integration present = existing.get().value();
    JsonNode presentContent = present.latestRevision().content();
    // Both are parsed from text, since a tree of YAML has other kinds of numbers.
    if (presentContent.equals(Json.trusted(Json.text(revision.content())))) {
      return present;
    }
    Integration revised = present.revised(newRevision(revision), now());
    integrations.revise(existing.get(), revised);
    log.info("integration revised", field("project", project), field("integration", present.id()));
    return revised;
  }

  private Integration integration(ProjectId project, IntegrationRevision revision) {
    return new Integration(
        new IntegrationId(ids.uuid()),
        project,
        revision.name(),
        revision.provider(),
        newRevision(revision),
        now(),
        null);
  }

  private Revision newRevision(IntegrationRevision revision) {
    return new Revision(
        new RevisionId(ids.uuid()), Manifest.SPEC_VERSION, now(), revision.content());
  }

  private Instant now() {
    return Now.of(clock);
  }
}
