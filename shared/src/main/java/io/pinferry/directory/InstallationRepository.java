package io.pinferry.directory;

import io.pinferry.base.PinferryException.NotFound;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Finds installations and makes the writes that store them. These writes are parts of larger
 * transactions, since an installation begins and ends together with its reads.
 */
public final class InstallationRepository {
  private static final String INSTALLATION = "INSTALLATION#";
  private static final String OF_GROUP = "GROUP-INSTALLATION#";
  private static final String PLACE = "INSTALLATION-PLACE#";

  private final Documents<Installation> installations;
  private final Documents<Place> places;

  public InstallationRepository(DirectoryStore store) {
    this.installations = new Documents<>(store, Installation.class);
    this.places = new Documents<>(store, Place.class);
  }

  /** Leads from a group, or from an id alone, to the installation. */
  private record Place(IntegrationId integration, InstallationId id) {}

  public Optional<Snapshot<Installation>> find(
      ProjectId project, IntegrationId integration, InstallationId id) {
    return installations.find(key(project, integration, id));
  }

  /** Finds an installation of which only the id is known. */
  public Optional<Snapshot<Installation>> find(ProjectId project, InstallationId id) {
    return places.find(placeKey(project, id)).flatMap(place -> at(project, place));
  }

  /** Finds the one installation of an integration for a group. */
  public Optional<Snapshot<Installation>> findOfGroup(
      ProjectId project, IntegrationId integration, String groupRef) {
    return places
        .find(groupKey(project, groupRef, integration))
        .flatMap(place -> at(project, place));
  }

  /**
   * Returns the installation that a path names.
   *
   * @throws NotFound if there is none
   */
  public Snapshot<Installation> get(ProjectId project, IntegrationId integration, String id) {
    return get(project, integration, id, installation -> true);
  }

  /**
   * Returns the same for a caller who may not see all installations.
   *
   * @throws NotFound if there is none that the caller sees; the answer is the same whether or not
   *     there is another's
   */
  public Snapshot<Installation> get(
      ProjectId project, IntegrationId integration, String id, Predicate<Installation> seen) {
    Optional<Snapshot<Installation>> found =
        Ids.isUuid(id) ? find(project, integration, new InstallationId(id)) : Optional.empty();
    return found
        .filter(installation -> seen.test(installation.value()))
        .orElseThrow(() -> new NotFound("there is no installation " + id));
  }

  /** Returns all installations of an integration, oldest first. */
  public List<Snapshot<Installation>> list(ProjectId project, IntegrationId integration) {
    return list(project, INSTALLATION + integration + "#");
  }

  /** Returns all installations of a project, oldest first. */
  public List<Snapshot<Installation>> list(ProjectId project) {
    return list(project, INSTALLATION);
  }

  /** Returns all installations of a group, of any integration, oldest first. */
  public List<Snapshot<Installation>> listOfGroup(ProjectId project, String groupRef) {
    return places.list(project, groupPrefix(groupRef)).stream()
        .flatMap(place -> at(project, place).stream())
        .sorted(OLDEST_FIRST)
        .toList();
  }

  /**
   * Returns the writes that create an installation. If {@link DirectoryStore#write} refuses the
   * group's, the group has this integration installed already; if it refuses a requirement, the
   * integration is gone.
   */
  public static List<DirectoryWrite> creation(Installation installation) {
    ProjectId project = installation.project();
    var place = new Place(installation.integration(), installation.id());
    return List.of(
        IntegrationRepository.exists(project, installation.integration()),
        DirectoryWrite.Create.of(groupKey(installation), place),
        DirectoryWrite.Create.of(placeKey(project, installation.id()), place),
        DirectoryWrite.Create.of(key(installation), installation));
  }

  /** Returns the write that replaces an installation, refused if it was changed since. */
  public static DirectoryWrite replacement(Snapshot<Installation> before, Installation after) {
    return Documents.replace(key(after), before, after);
  }

  /** Returns the writes that remove an installation, refused if it was changed since. */
  public static List<DirectoryWrite> removal(Snapshot<Installation> before) {
    Installation installation = before.value();
    return List.of(
        new DirectoryWrite.Remove(key(installation), before.version()),
        new DirectoryWrite.Discard(groupKey(installation)),
        new DirectoryWrite.Discard(placeKey(installation.project(), installation.id())));
  }

  /** Returns whether any installation of a group uses a connection. */
  public boolean uses(ProjectId project, String groupRef, ConnectionId connection) {
    return listOfGroup(project, groupRef).stream()
        .anyMatch(installation -> installation.value().connection().equals(connection));
  }

  private static final Comparator<Snapshot<Installation>> OLDEST_FIRST =
      Comparator.comparing(
              (Snapshot<Installation> installation) -> installation.value().createTime())
          .thenComparing(installation -> installation.value().id().value());

  private List<Snapshot<Installation>> list(ProjectId project, String prefix) {
    return installations.list(project, prefix).stream().sorted(OLDEST_FIRST).toList();
  }

  private Optional<Snapshot<Installation>> at(ProjectId project, Snapshot<Place> place) {
    return find(project, place.value().integration(), place.value().id());
  }

  private static DocumentKey key(Installation installation) {
    return key(installation.project(), installation.integration(), installation.id());
  }

  private static DocumentKey key(ProjectId project, IntegrationId integration, InstallationId id) {
    return new DocumentKey(DirectoryKeys.partition(project), INSTALLATION + integration + "#" + id);
  }

  private static DocumentKey placeKey(ProjectId project, InstallationId id) {
    return new DocumentKey(DirectoryKeys.partition(project), PLACE + id);
  }

  private static DocumentKey groupKey(Installation installation) {
    return groupKey(
        installation.project(), installation.owner().group().ref(), installation.integration());
  }

  private static DocumentKey groupKey(
      ProjectId project, String groupRef, IntegrationId integration) {
    return new DocumentKey(DirectoryKeys.partition(project), groupPrefix(groupRef) + integration);
  }

  /** A group's ref may be any text, so its digest stands in the key. */
  private static String groupPrefix(String groupRef) {
    return OF_GROUP + DirectoryKeys.digest(groupRef) + "#";
  }
}
