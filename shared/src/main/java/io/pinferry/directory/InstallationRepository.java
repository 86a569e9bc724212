package io.pinferry.directory;

import io.pinferry.base.Codec;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.directory.Documents.Pointer;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Finds installations, and makes the writes that store them. These writes belong to larger
 * transactions, since an installation begins and ends together with its reads.
 */
public final class InstallationRepository {
  private static final String INSTALLATION = "INSTALLATION#";
  private static final String OF_GROUP = "GROUP-INSTALLATION#";
  private static final String PLACE = "INSTALLATION-PLACE#";
  private static final String FORMER = "FORMER-INSTALLATION#";

  private final DirectoryStore store;
  private final Documents<Installation> installations;
  private final Documents<Place> places;
  private final Documents<Pointer> former;

  public InstallationRepository(DirectoryStore store) {
    this.store = store;
    this.installations = new Documents<>(store, Installation.class);
    this.places = new Documents<>(store, Place.class);
    this.former = new Documents<>(store, Pointer.class);
  }

  /** Points from a group, or from an id alone, to the installation. */
  private record Place(IntegrationId integration, InstallationId id) {}

  public Optional<Snapshot<Installation>> find(
      ProjectId project, IntegrationId integration, InstallationId id) {
    return installations.find(key(project, integration, id));
  }

  /** Finds an installation by its id alone. */
  public Optional<Snapshot<Installation>> find(ProjectId project, InstallationId id) {
    return places.find(placeKey(project, id)).flatMap(place -> at(project, place));
  }

  /** Finds the installation of an integration for a group. */
  public Optional<Snapshot<Installation>> findOfGroup(
      ProjectId project, IntegrationId integration, String groupRef) {
    return places
        .find(groupKey(project, groupRef, integration))
        .flatMap(place -> at(project, place));
  }

  /**
   * Returns an installation by its id.
   *
   * @throws NotFound if there is none
   */
  public Snapshot<Installation> get(ProjectId project, IntegrationId integration, String id) {
    return get(project, integration, id, installation -> true);
  }

  /**
   * Returns an installation by its id, if the caller may see it.
   *
   * @throws NotFound if there is none that the caller may see; a hidden one gives the same message
   */
  public Snapshot<Installation> get(
      ProjectId project, IntegrationId integration, String id, Predicate<Installation> seen) {
    return Ids.find(id)
        .flatMap(uuid -> find(project, integration, new InstallationId(uuid)))
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
   * write of the group, the group has this integration already. If it refuses a requirement, the
   * integration does not exist.
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

  /** Returns the write that replaces an installation. It is refused if it was changed since. */
  public static DirectoryWrite replacement(Snapshot<Installation> before, Installation after) {
    return Documents.replace(key(after), before, after);
  }

  /** Returns the writes that remove an installation. They are refused if it was changed since. */
  public static List<DirectoryWrite> removal(Snapshot<Installation> before) {
    Installation installation = before.value();
    return List.of(
        new DirectoryWrite.Remove(key(installation), before.version()),
        new DirectoryWrite.Discard(groupKey(installation)),
        new DirectoryWrite.Discard(placeKey(installation.project(), installation.id())));
  }

  /**
   * Returns a write that notes the id of an installation that is removed. Its operations stay for a
   * while, and a removal of the group has to find them.
   *
   * @param until when its last operation is gone
   */
  public static DirectoryWrite former(Installation installation, Instant until) {
    InstallationId id = installation.id();
    return new DirectoryWrite.Create(
        formerKey(installation.project(), installation.owner().group().ref(), id),
        Codec.text(new Pointer(id.value())),
        until);
  }

  /** Returns the ids of the installations that a group had, see {@link #former}. */
  public List<InstallationId> formerOfGroup(ProjectId project, String groupRef) {
    return former.list(project, formerPrefix(groupRef)).stream()
        .map(found -> new InstallationId(found.value().id()))
        .toList();
  }

  /** Removes the notes of {@link #former}. */
  public void forgetFormer(ProjectId project, String groupRef, List<InstallationId> ids) {
    Documents.discardAll(store, ids.stream().map(id -> formerKey(project, groupRef, id)).toList());
  }

  /** Returns whether an installation uses a connection, as of the last acknowledged write. */
  public boolean uses(Connection connection) {
    return listOfGroup(connection.project(), connection.owner().group().ref()).stream()
        .anyMatch(installation -> installation.value().connection().equals(connection.id()));
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

  private static DocumentKey formerKey(ProjectId project, String groupRef, InstallationId id) {
    return DirectoryKeys.of(project, formerPrefix(groupRef) + id);
  }

  private static String formerPrefix(String groupRef) {
    return FORMER + DirectoryKeys.digest(groupRef) + "#";
  }

  private static DocumentKey key(Installation installation) {
    return key(installation.project(), installation.integration(), installation.id());
  }

  private static DocumentKey key(ProjectId project, IntegrationId integration, InstallationId id) {
    return DirectoryKeys.of(project, INSTALLATION + integration + "#" + id);
  }

  private static DocumentKey placeKey(ProjectId project, InstallationId id) {
    return DirectoryKeys.of(project, PLACE + id);
  }

  private static DocumentKey groupKey(Installation installation) {
    return groupKey(
        installation.project(), installation.owner().group().ref(), installation.integration());
  }

  private static DocumentKey groupKey(
      ProjectId project, String groupRef, IntegrationId integration) {
    return DirectoryKeys.of(project, groupPrefix(groupRef) + integration);
  }

  /** A group's ref may be any text, so the key has its digest. */
  private static String groupPrefix(String groupRef) {
    return OF_GROUP + DirectoryKeys.digest(groupRef) + "#";
  }
}
