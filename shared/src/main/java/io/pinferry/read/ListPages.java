package io.pinferry.read;

import io.pinferry.client.ListRequest;
import io.pinferry.net.HttpAnswer;
import io.pinferry.pinterest.ListCall;
import io.pinferry.pinterest.ListPage;
import io.pinferry.pinterest.MalformedPage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The pages of a list of Pinterest. */
final class ListPages implements PageSource {
  private final PartitionSync.Parts parts;
  private final PageFetches fetches;
  private final PageMessages messages;
  private final Partition partition;
  private final ListCall call;

  ListPages(
      PartitionSync.Parts parts,
      PageFetches fetches,
      PageMessages messages,
      Partition partition,
      ListCall call) {
    this.parts = parts;
    this.fetches = fetches;
    this.messages = messages;
    this.partition = partition;
    this.call = call;
  }

  @Override
  public FetchResult<SourcePage> fetch(@Nullable String bookmark) {
    return fetches
        .fetch(
            call.name(),
            ListRequest.of(
                parts.pinterest(),
                call,
                partition.parameters(),
                bookmark,
                parts.settings().pageSize(),
                this::scan))
        .map(SourcePage.Listed::new);
  }

  private ListPage scan(HttpAnswer answer) throws IOException {
    try {
      return messages.read(answer.body());
    } catch (MalformedPage e) {
      throw new IOException("the answer is not a page: " + e.getMessage(), e);
    }
  }
}
