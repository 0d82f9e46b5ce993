package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import maildrift.monitor.config.DnsConfig;
import maildrift.probes.dns.DnsServer;
import maildrift.probes.dns.SystemResolvers;
import org.junit.jupiter.api.Test;

class WiringTest {
  @Test
  void theSystemsResolversAreAskedWhereNoneIsWritten() {
    var settings =
        Wiring.dnsSettings(DnsConfig.DEFAULT, List.of(), Optional.empty(), Duration.ofHours(1));

    assertThat(settings.resolvers()).isNotEmpty().isEqualTo(SystemResolvers.find());
    assertThat(settings.delegation()).isTrue();
  }

  @Test
  void resolversOfTheCommandLineAreAskedAndNobodyElse() {
    var own = List.of(DnsServer.parse("192.0.2.53:5353"));
    var settings =
        Wiring.dnsSettings(
            DnsConfig.DEFAULT, own, Optional.of(Duration.ofSeconds(7)), Duration.ofHours(1));

    assertThat(settings.resolvers()).isEqualTo(own);
    assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(settings.delegation()).isFalse();
  }
}
