package io.pinferry.aws;

import io.pinferry.base.Redaction;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.apache.logging.log4j.core.Layout;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.config.Node;
import org.apache.logging.log4j.core.config.plugins.Plugin;
import org.apache.logging.log4j.core.config.plugins.PluginElement;
import org.apache.logging.log4j.core.config.plugins.PluginFactory;
import org.apache.logging.log4j.core.layout.AbstractStringLayout;
import org.apache.logging.log4j.layout.template.json.JsonTemplateLayout;

/**
 * Masks secrets in every line, also in the lines of libraries. The file {@code log4j2.xml} of the
 * functions puts it around the layout of Powertools.
 */
@Plugin(name = "RedactedLayout", category = Node.CATEGORY, elementType = Layout.ELEMENT_TYPE)
public final class RedactedLayout extends AbstractStringLayout {
  private final JsonTemplateLayout lines;

  private RedactedLayout(JsonTemplateLayout lines) {
    super(StandardCharsets.UTF_8);
    this.lines = lines;
  }

  /** The logging library calls this for the element of its file. */
  @PluginFactory
  public static RedactedLayout of(@PluginElement("Layout") JsonTemplateLayout lines) {
    return new RedactedLayout(Objects.requireNonNull(lines, "RedactedLayout has no layout"));
  }

  @Override
  public String toSerializable(LogEvent event) {
    return Redaction.apply(lines.toSerializable(event));
  }

  @Override
  public String getContentType() {
    return lines.getContentType();
  }
}
