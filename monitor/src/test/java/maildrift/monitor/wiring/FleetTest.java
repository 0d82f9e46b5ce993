package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.Vocabulary;
import maildrift.monitor.store.KeptDomain;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Neighbours;
import maildrift.probes.network.Cidr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FleetTest {
  private static final String YAML =
      """
      tenants: {red: {}, blue: {}}
      gateways: {gw: {host: gw.house.test}}
      allowlists:
        red: {networks: [192.0.2.0/24]}
        blue: {url: "https://lists.example.net/blue.txt"}
      domains:
        - {name: red.test, tenant: red, allowed_sending_servers: red, profiles: [{name: seppmail, gateway: gw}]}
      """;

  @TempDir private Path folder;

  private final ConfigLoader loader = new ConfigLoader(Vocabulary.with(Set.of()));
  private final Fleet fleet = new Fleet(loader);

  private MonitorConfig config() throws IOException {
    var file = Files.writeString(folder.resolve("maildrift.yml"), YAML);
    return ((ConfigLoader.Loaded) loader.load(file)).config();
  }

  private ManagedDomain red(MonitorConfig config, KeptDomain... kept) {
    return Optional.ofNullable(fleet.domains(config, List.of(kept)).get("red.test")).orElseThrow();
  }

  @Test
  void aDomainKnowsItsNeighboursOfTheStoreAndOfFetchedListsAsTheyComeAndGo() throws IOException {
    var config = config();
    var blue =
        new KeptDomain(
            "blue.test",
            "{name: blue.test, tenant: blue, allowed_sending_servers: blue, profiles: [{name: seppmail, gateway: gw}]}",
            Instant.EPOCH,
            "alice");

    assertThat(red(config).neighbours()).isEqualTo(Neighbours.NONE);

    assertThat(red(config, blue).neighbours().tenants()).containsExactly("blue");
    assertThat(red(config, blue).neighbours().overlaps()).isEmpty();

    var list = Optional.ofNullable(config.allowlists().get("blue")).orElseThrow();
    fleet.fetched(list, List.of(Cidr.parse("192.0.2.7")));
    assertThat(red(config, blue).neighbours().overlaps())
        .extracting(Neighbours.Overlap::other)
        .containsExactly(Cidr.parse("192.0.2.7"));

    fleet.fetched(list, List.of(Cidr.parse("198.51.100.7")));
    assertThat(red(config, blue).neighbours().overlaps()).isEmpty();

    assertThat(red(config).neighbours()).isEqualTo(Neighbours.NONE);
  }
}
