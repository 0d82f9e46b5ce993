package maildrift.monitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.dns.DnsName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverridesTest {
  private static final Overrides OVERRIDES =
      new Overrides(
          List.of(new HostPort("192.0.2.53", 5353)),
          Optional.of(Duration.ofSeconds(7)),
          Set.of("tls", "mx"));

  @TempDir Path folder;

  private MonitorConfig loaded(ConfigLoader loader, String yaml) throws IOException {
    var file = folder.resolve("maildrift.yml");
    Files.writeString(file, yaml);
    return ((ConfigLoader.Loaded) loader.load(file)).config();
  }

  private static ConfigLoader loader() {
    return new ConfigLoader(Vocabulary.with(Set.of())).overriding(OVERRIDES);
  }

  @Test
  void theCommandLineSaysItOverEveryConfigurationThatIsLoaded() throws IOException {
    var loader = loader();
    for (var resolver : List.of("198.51.100.1", "198.51.100.2")) {
      var config =
          loaded(
              loader,
              """
              dns: {resolvers: ["%s"], confirm_with: [9.9.9.9], authoritative: {lab.test: [127.0.0.10]}, timeout: 1s, queries_per_second: 7}
              domains:
                - {name: contoso.test, skip: [dkim]}
                - {name: fabrikam.test}
              """
                  .formatted(resolver));

      assertThat(config.dns().resolvers()).containsExactly(new HostPort("192.0.2.53", 5353));
      assertThat(config.dns().nothingElse()).isTrue();
      assertThat(config.dns().confirmWith()).isEmpty();
      assertThat(config.dns().authoritative()).isEmpty();
      assertThat(config.dns().timeout()).isEqualTo(Duration.ofSeconds(7));
      assertThat(config.dns().queriesPerSecond()).isEqualTo(7);
      assertThat(config.domains().getFirst().skip()).containsOnly("dkim", "tls", "mx");
      assertThat(config.domains().getLast().skip()).containsOnly("tls", "mx");
    }
  }

  @Test
  void domainsThatComeLaterAreUnderItToo() throws IOException {
    var loader = loader();
    var config = loaded(loader, "domains: []\n");

    assertThat(loader.domain("{\"name\":\"late.test\"}", config))
        .isInstanceOfSatisfying(
            ConfigLoader.DomainResult.Accepted.class,
            accepted -> assertThat(accepted.domain().skip()).containsOnly("tls", "mx"));
    assertThat(loader.adHoc(DnsName.of("probe.test"), List.of(), config))
        .isInstanceOfSatisfying(
            ConfigLoader.DomainResult.Accepted.class,
            accepted -> assertThat(accepted.domain().skip()).containsOnly("tls", "mx"));
  }

  @Test
  void whatTheCommandLineDoesNotSayStaysAsConfigured() throws IOException {
    var plain = new ConfigLoader(Vocabulary.with(Set.of()));
    var yaml =
        "dns: {resolvers: [198.51.100.1], confirm_with: [9.9.9.9]}\ndomains: [{name: contoso.test}]\n";

    assertThat(loaded(plain.overriding(Overrides.NONE), yaml)).isEqualTo(loaded(plain, yaml));
  }
}
