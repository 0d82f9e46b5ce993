package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import maildrift.monitor.config.DnsConfig;
import maildrift.monitor.config.HostPort;
import maildrift.monitor.config.Overrides;
import maildrift.probes.dns.DnsServer;
import maildrift.probes.dns.SystemResolvers;
import org.junit.jupiter.api.Test;

class WiringTest {
  @Test
  void theSystemsResolversAreAskedWhereNoneIsWritten() {
    var settings = Wiring.dnsSettings(DnsConfig.DEFAULT, Duration.ofHours(1));

    assertThat(settings.resolvers()).isNotEmpty().isEqualTo(SystemResolvers.find());
    assertThat(settings.delegation()).isTrue();
  }

  @Test
  void resolversOfTheCommandLineAreAskedAndNobodyElse() {
    var overrides =
        new Overrides(
            List.of(new HostPort("192.0.2.53", 5353)),
            Optional.of(Duration.ofSeconds(7)),
            Set.of());
    var settings = Wiring.dnsSettings(overrides.over(DnsConfig.DEFAULT), Duration.ofHours(1));

    assertThat(settings.resolvers()).containsExactly(DnsServer.parse("192.0.2.53:5353"));
    assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(settings.delegation()).isFalse();
  }
}
