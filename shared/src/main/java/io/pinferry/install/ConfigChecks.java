package io.pinferry.install;

import static io.pinferry.base.Issue.clipped;

import io.pinferry.base.Issue;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.base.PinferryException.ProviderRejected;
import io.pinferry.base.Tasks;
import io.pinferry.directory.Connection;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.ProjectId;
import io.pinferry.manifest.DeliveryMode;
import io.pinferry.manifest.EffectiveRead;
import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.pinterest.ReadCatalogue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks a config against destinations, granted scopes and Pinterest. */
final class ConfigChecks {
  /** The contract's form of a person. */
  private static final Pattern CREATED_BY =
      Pattern.compile("(?:consumer|builder|api):[\\x21-\\x7e]{1,256}");

  private final DestinationRepository destinations;
  private final Sampling sampling;
  private final Tasks tasks;

  ConfigChecks(DestinationRepository destinations, Sampling sampling, Tasks tasks) {
    this.destinations = destinations;
    this.sampling = sampling;
    this.tasks = tasks;
  }

  /**
   * Returns the issues that prevent the read of an object.
   *
   * @param content the path of the config in the body, {@code config.content}
   */
  List<Issue> issues(ProjectId project, Connection connection, String content, EffectiveRead read) {
    var issues = new ArrayList<Issue>();
    String path = pathOf(content, read);
    if (destinations.findByName(project, read.destination()).isEmpty()) {
      issues.add(
          Issue.body(
              path + ".destination",
              clipped(read.destination()),
              "names a destination that the project does not have; create it first"));
    }
    MissingScopes.of(connection, read.objectName(), read.plan())
        .ifPresent(missing -> issues.add(Issue.body(path, missing)));
    if (read.mode() == DeliveryMode.CHANGED_AND_DELETED
        && !ReadCatalogue.namesWithDeletions().contains(read.objectName())) {
      issues.add(
          Issue.body(
              path + "." + DeliveryMode.KEY,
              read.mode().text(),
              "is not possible: records of this object are never deleted; use "
                  + DeliveryMode.CHANGED.text()));
    }
    return issues;
  }

  /**
   * Checks objects.
   *
   * @throws InvalidRequest with all issues
   */
  void check(ProjectId project, Connection connection, String content, List<EffectiveRead> reads) {
    List<Issue> issues =
        reads.stream()
            .flatMap(read -> issues(project, connection, content, read).stream())
            .toList();
    if (!issues.isEmpty()) {
      throw InvalidRequest.unprocessable("the config", issues);
    }
  }

  /**
   * Samples the objects that are not disabled.
   *
   * @throws ProviderRejected if Pinterest refuses a sample; it has Pinterest's message
   */
  void sample(Connection connection, String content, List<EffectiveRead> reads) {
    List<EffectiveRead> sampled = reads.stream().filter(read -> !read.disabled()).toList();
    List<Callable<Optional<PinterestFailure>>> samples =
        sampled.stream()
            .map(
                read ->
                    (Callable<Optional<PinterestFailure>>)
                        () ->
                            sampling.refusal(
                                connection, MissingScopes.planOf(read.objectName(), read.plan())))
            .toList();
    List<Optional<PinterestFailure>> refusals = tasks.all(samples);
    // The message is for a customer in the embedded component. Programs read the issues.
    var message = new StringJoiner(" ", "nothing was saved, since a first look was refused. ", "");
    var issues = new ArrayList<Issue>();
    for (int i = 0; i < sampled.size(); i++) {
      EffectiveRead read = sampled.get(i);
      refusals
          .get(i)
          .ifPresent(
              refusal -> {
                message.add(displayName(read.objectName()) + ": " + refusal.describe());
                issues.add(Issue.body(pathOf(content, read), refusal.describe()));
              });
    }
    if (!issues.isEmpty()) {
      issues.add(Issue.query("skipSampling", "true saves without a first look"));
      throw new ProviderRejected(
          message.toString(), "Set right at Pinterest what it says, and save again.", issues);
    }
  }

  /**
   * Checks the creator of a config.
   *
   * @param path its path in the body
   * @throws InvalidRequest if it does not have the contract's form
   */
  static void checkCreatedBy(String path, @Nullable String createdBy) {
    if (createdBy != null && !CREATED_BY.matcher(createdBy).matches()) {
      throw Issue.body(
              path,
              clipped(createdBy),
              "must be consumer:, builder: or api: and an id without spaces")
          .unprocessable();
    }
  }

  private static String displayName(String object) {
    return ReadCatalogue.get(object).displayName();
  }

  private static String pathOf(String content, EffectiveRead read) {
    return content + ".read.objects." + read.objectName();
  }
}
