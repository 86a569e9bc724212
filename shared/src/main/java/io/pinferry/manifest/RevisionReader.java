package io.pinferry.manifest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Codec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes revisions from valid content. */
final class RevisionReader {
  private RevisionReader() {}

  /** The form of an integration in the contract, without parts that have no effect here. */
  private record Content(
      String name,
      String provider,
      @Nullable Read read,
      @Nullable Write write,
      @Nullable Proxy proxy) {}

  private record Read(List<ReadObject> objects) {}

  private record Write(List<WriteContent> objects) {}

  private record WriteContent(
      String objectName, @Nullable Boolean inheritMapping, @Nullable Defaults valueDefaults) {
    WriteObject object() {
      return new WriteObject(
          objectName,
          Boolean.TRUE.equals(inheritMapping),
          valueDefaults != null && Boolean.TRUE.equals(valueDefaults.allowAnyFields));
    }
  }

  private record Defaults(@Nullable Boolean allowAnyFields) {}

  private record Proxy(@Nullable Boolean enabled) {}

  static IntegrationRevision revision(ObjectNode json) {
    Content content = Codec.stored(Content.class, json);
    return new IntegrationRevision(
        content.name,
        content.provider,
        content.read == null ? List.of() : content.read.objects,
        content.write == null
            ? List.of()
            : content.write.objects.stream().map(WriteContent::object).toList(),
        content.proxy != null && Boolean.TRUE.equals(content.proxy.enabled),
        json);
  }
}
