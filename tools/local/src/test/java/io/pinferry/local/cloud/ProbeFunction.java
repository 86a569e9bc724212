package io.pinferry.local.cloud;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinferry.local.cloud.probe.ProbeHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** Packs the test's function as a build does: {@code lib/*.jar}, and nothing of Lambda's own. */
final class ProbeFunction {

  private ProbeFunction() {}

  /** Writes the template and, beside it, the unpacked function; returns the template. */
  static Path build(Path directory) throws IOException, URISyntaxException {
    Path lib = Files.createDirectories(directory.resolve("function").resolve("lib"));
    try (OutputStream file = Files.newOutputStream(lib.resolve("probe.jar"));
        JarOutputStream jar = new JarOutputStream(file)) {
      String entry = ProbeHandler.class.getName().replace('.', '/') + ".class";
      jar.putNextEntry(new JarEntry(entry));
      try (var bytes = ProbeHandler.class.getClassLoader().getResourceAsStream(entry)) {
        Objects.requireNonNull(bytes).transferTo(jar);
      }
    }
    for (Class<?> library :
        new Class<?>[] {ObjectMapper.class, JsonFactory.class, JsonProperty.class}) {
      Path source = Path.of(location(library));
      Files.copy(source, lib.resolve(source.getFileName()));
    }
    Path template = directory.resolve("template.yaml");
    try (var content = ProbeFunction.class.getResourceAsStream("/cloud/template.yaml")) {
      Files.copy(Objects.requireNonNull(content), template);
    }
    return template;
  }

  /** Returns where a class was loaded from. */
  static URI location(Class<?> type) throws URISyntaxException {
    return type.getProtectionDomain().getCodeSource().getLocation().toURI();
  }

  /** Returns the jar of Lambda's interfaces, which a package must not hold. */
  static Path runtimeApi() throws URISyntaxException {
    return Path.of(location(RequestStreamHandler.class));
  }
}
