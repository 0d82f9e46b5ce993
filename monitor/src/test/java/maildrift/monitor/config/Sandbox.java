package maildrift.monitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maildrift.monitor.config.ConfigLoader.Loaded;
import maildrift.monitor.config.ConfigLoader.Rejected;

/** A folder with the files that a test writes, and a loader that knows a few words. */
final class Sandbox {
  static final String BCRYPT = "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi";

  /** Made for these tests; nobody holds its private half. */
  static final String PUBLIC_KEY =
      """
      -----BEGIN PUBLIC KEY-----
      MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
      -----END PUBLIC KEY-----
      """;

  /** Made for these tests likewise: an authority that has signed nothing. */
  static final String CERTIFICATE =
      """
      -----BEGIN CERTIFICATE-----
      MIIBQjCB9aADAgECAhQzpRAEYfsHlqO8m1cmvPC35PsciTAFBgMrZXAwFjEUMBIG
      A1UEAwwLbGFiLWNhLnRlc3QwIBcNMjYxMTI4MTcyNTAxWhgPMjEyNjExMDQxNzI1
      MDFaMBYxFDASBgNVBAMMC2xhYi1jYS50ZXN0MCowBQYDK2VwAyEAxmUCp0a/64gB
      6JxDU+jlF1GfkhlBAWHg4LTD2xmmnNujUzBRMB0GA1UdDgQWBBSS+zPVCCfubaNN
      Y+TLwySE+U/M2zAfBgNVHSMEGDAWgBSS+zPVCCfubaNNY+TLwySE+U/M2zAPBgNV
      HRMBAf8EBTADAQH/MAUGAytlcANBAOqdCKX0ew0yWjBMWZtTSz7RCAoboloGhTqm
      9EkOAkrQsxUyp7wNxCzZHmtlOoxIufBJKOXMl8t5yj47CWxxvgA=
      -----END CERTIFICATE-----
      """;

  static final Vocabulary WORDS =
      new Vocabulary(
          Set.of(
              "spf.present",
              "spf.lookups",
              "spf.all-qualifier",
              "mx.missing",
              "dkim.weak-key",
              "netblocks.missing",
              "tls.level",
              "probe.unobservable"),
          Set.of("spf", "dkim", "dmarc", "mx", "tls", "netblocks"));

  private final Path folder;
  private final Map<String, String> environment = new HashMap<>();

  Sandbox(Path folder) {
    this.folder = folder;
  }

  Sandbox file(String name, String text) {
    try {
      var file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Sandbox environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  Path path(String name) {
    return folder.resolve(name);
  }

  ConfigLoader loader() {
    return new ConfigLoader(WORDS, environment);
  }

  ConfigLoader.Result load() {
    return loader().load(folder.resolve("maildrift.yml"));
  }

  ConfigLoader.Result load(String yaml) {
    return file("maildrift.yml", yaml).load();
  }

  MonitorConfig loaded(String yaml) {
    return switch (load(yaml)) {
      case Loaded loaded -> loaded.config();
      case Rejected rejected -> throw new AssertionError(rejected.problems());
    };
  }

  /** Every problem as it is printed, without the folder's name. */
  List<String> problems(String yaml) {
    return switch (load(yaml)) {
      case Loaded _ -> List.of();
      case Rejected rejected -> shown(rejected.problems());
    };
  }

  List<String> warnings(String yaml) {
    var result = load(yaml);
    assertThat(result).isInstanceOf(Loaded.class);
    return shown(result.warnings());
  }

  List<String> shown(List<Problem> problems) {
    return problems.stream().map(p -> p.toString().replace(folder + "/", "")).toList();
  }
}
