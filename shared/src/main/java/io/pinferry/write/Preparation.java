package io.pinferry.write;

import io.pinferry.directory.DestinationRules;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Installation;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.manifest.EffectiveConfig;
import io.pinferry.manifest.EffectiveRead;
import io.pinferry.manifest.FieldPath;
import io.pinferry.manifest.IntegrationRevision;
import io.pinferry.manifest.ManifestField;
import io.pinferry.manifest.ReadObject;
import io.pinferry.pinterest.WritableObject;
import io.pinferry.pinterest.WriteCall;
import io.pinferry.pinterest.WriteCatalogue;
import io.pinferry.pinterest.WriteVerb;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks a request and makes the plan of its writes, before anything is sent. */
public final class Preparation {
  private final IntegrationRepository integrations;
  private final DestinationRules rules;

  /**
   * Makes the preparation.
   *
   * @param rules tell the addresses that a video may be fetched from
   */
  public Preparation(DirectoryStore directory, DestinationRules rules) {
    this.integrations = new IntegrationRepository(directory);
    this.rules = rules;
  }

  /** The plan of a write. */
  sealed interface WritePlan {
    /** Nothing can be sent. */
    record Refusal(String reason) implements WritePlan {}

    /** The records without issues can be sent. */
    record Requests(WritableObject object, List<RecordRequest> records) implements WritePlan {}
  }

  /** Makes the request of each record, or the issues that prevent it. */
  WritePlan plan(Installation installation, String objectName, WriteRequest request) {
    WritableObject object = WriteCatalogue.find(objectName).orElse(null);
    if (object == null) {
      return new WritePlan.Refusal(
          objectName
              + " cannot be written yet; nothing was sent to Pinterest. Call POST /v5/"
              + objectName
              + " through the proxy instead");
    }
    WriteVerb verb = request.verb();
    WriteCall call = object.find(verb).orElse(null);
    if (call == null) {
      return new WritePlan.Refusal(
          "Pinterest has no "
              + verb.text()
              + " for "
              + objectName
              + ", only "
              + object.calls().keySet().stream()
                  .map(WriteVerb::text)
                  .collect(Collectors.joining(", "))
              + "; nothing was sent");
    }
    WriteSettings settings = settings(installation, objectName);
    if (verb == WriteVerb.DELETE && !settings.deletes()) {
      return new WritePlan.Refusal(
          "this group does not permit deletes of "
              + objectName
              + "; set deletionSettings.enabled of the object in the installation's config. Nothing"
              + " was sent to Pinterest");
    }
    List<RecordRequest> requests = new ArrayList<>();
    for (int i = 0; i < request.records().size(); i++) {
      requests.add(
          RecordRequest.of(
              object, verb, call, settings, request.records().get(i), request.place(i), rules));
    }
    return new WritePlan.Requests(object, requests);
  }

  private WriteSettings settings(Installation installation, String objectName) {
    EffectiveConfig config = installation.config().effective();
    IntegrationRevision revision =
        integrations
            .findRevision(
                installation.project(),
                installation.integration(),
                installation.config().revision())
            .map(stored -> IntegrationRevision.fromContent(stored.content()))
            .orElse(null);
    boolean inherits =
        revision != null
            && revision.findWrite(objectName).filter(write -> write.inheritMapping()).isPresent();
    EffectiveRead read = inherits ? config.findRead(objectName).orElse(null) : null;
    Set<FieldPath> unmapped = new HashSet<>();
    if (revision != null && read != null) {
      revision.findRead(objectName).ifPresent(object -> slots(object).forEach(unmapped::add));
      unmapped.removeAll(read.selection().mappings().keySet());
    }
    return new WriteSettings(config.write().path(objectName), read, unmapped);
  }

  private static Stream<FieldPath> slots(ReadObject object) {
    return Stream.concat(object.requiredFields().stream(), object.optionalFields().stream())
        .filter(ManifestField.Slot.class::isInstance)
        .map(slot -> ((ManifestField.Slot) slot).mapTo());
  }
}
