package io.pinferry.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.PinferryException.InvalidRequest;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ManifestZipTest {
  private static final String YAML = "specVersion: 1.0.0\n# Möbel\n";

  @ParameterizedTest
  @ValueSource(strings = {"amp.yaml", "amp.yml"})
  void theManifestIsTakenFromTheRoot(String name) {
    assertThat(manifest(Zips.of(name, YAML))).isEqualTo(YAML);
    assertThat(manifest(Zips.of("README.md", "# Hi", "src/", "", "src/amp.yaml", "no", name, YAML)))
        .isEqualTo(YAML);
  }

  @Test
  void aManifestThatIsNotPackedIsTakenToo() throws Exception {
    byte[] yaml = YAML.getBytes(UTF_8);
    var crc = new CRC32();
    crc.update(yaml);
    var entry = new ZipEntry("amp.yaml");
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(yaml.length);
    entry.setCrc(crc.getValue());
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      zip.setComment("made by hand");
      zip.putNextEntry(entry);
      zip.write(yaml);
    }

    assertThat(manifest(bytes.toByteArray())).isEqualTo(YAML);
  }

  @Test
  void aZipWithoutOneManifestIsRefused() {
    assertRefused(Zips.of("README.md", "x"), "has no amp.yaml or amp.yml");
    assertRefused(Zips.of("shop/amp.yaml", YAML), "at its root, but shop/amp.yaml");
    assertRefused(Zips.of("amp.yaml", YAML, "amp.yml", YAML), "has both amp.yaml and amp.yml");
    assertRefused(Zips.of(), "an empty one");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../amp.yaml",
        "a/../../amp.yaml",
        "/etc/amp.yaml",
        "C:/amp.yaml",
        "..\\amp.yaml",
        "a\u0000.yaml"
      })
  void aNameThatLeadsOutOfTheZipIsRefused(String name) {
    assertRefused(Zips.of("amp.yaml", YAML, name, "x"), "leads out of the zip");
  }

  @Test
  void aNameThatStandsTwiceIsRefused() {
    byte[] zip = Zips.of("amp.yaml", YAML, "bmp.yaml", "other");

    assertRefused(Zips.renamed(zip, "bmp.yaml", "amp.yaml"), "has the file amp.yaml twice");
  }

  @Test
  void theListOfFilesAtTheEndIsNotNeeded() {
    byte[] zip = Zips.of("amp.yaml", YAML);

    assertThat(manifest(Arrays.copyOf(zip, zip.length - 1))).isEqualTo(YAML);
  }

  @ParameterizedTest
  @ValueSource(strings = {"amp.yaml", "other.txt"})
  void aBodyThatUnpacksToFarMoreIsRefused(String name) {
    byte[] bomb = Zips.of(name, "0".repeat(32 * 1_024 * 1_024), "amp.yml", YAML);

    assertThat(bomb).hasSizeLessThan(ManifestZip.ZIP_BYTES_MAX);
    assertRefused(
        name.equals("amp.yaml") ? Zips.of(name, "0".repeat(32 * 1_024 * 1_024)) : bomb,
        "unpacks to more than 2097152 bytes");
  }

  @Test
  void aFileThatIsNotAZipIsRefused() {
    byte[] zip = Zips.of("amp.yaml", YAML);

    assertRefused(new byte[0], "is not a readable zip");
    assertRefused(YAML.getBytes(UTF_8), "is not a readable zip");
    assertRefused(Arrays.copyOf(zip, 40), "is not a readable zip");
    assertRefused(Arrays.copyOfRange(zip, 1, zip.length), "is not a readable zip");
    assertRefused(encrypted(zip), "is not a readable zip");
  }

  @Test
  void aManifestThatIsNoTextIsRefused() throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("amp.yaml"));
      zip.write(new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
    }

    assertRefused(bytes.toByteArray(), "not text in UTF-8");
  }

  @Test
  void aBrokenZipIsRefusedWhereverItIsBroken() {
    byte[] zip = Zips.of("amp.yaml", YAML.repeat(50), "other.txt", "x");
    var random = new Random(7);
    int refused = 0;
    for (int round = 0; round < 5_000; round++) {
      byte[] broken = zip.clone();
      for (int i = random.nextInt(3); i >= 0; i--) {
        broken[random.nextInt(broken.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        // The broken part may be a date, which does not matter.
        assertThat(manifest(broken)).isEqualTo(YAML.repeat(50));
      } catch (InvalidRequest e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(1_000, 4_999);
  }

  private static byte[] encrypted(byte[] zip) {
    byte[] encrypted = zip.clone();
    encrypted[6] |= 1;
    return encrypted;
  }

  private static String manifest(byte[] zip) {
    return ManifestZip.manifest("sourceZipUrl", zip);
  }

  private static void assertRefused(byte[] zip, String detail) {
    assertThatThrownBy(() -> manifest(zip))
        .isInstanceOfSatisfying(
            InvalidRequest.class,
            refused -> {
              assertThat(refused.kind()).isEqualTo(InvalidRequest.Kind.UNPROCESSABLE);
              assertThat(refused.issues().getFirst().name()).isEqualTo("sourceZipUrl");
            })
        .hasMessageContaining(detail);
  }
}
