package maildrift.probes.domain;

import static org.assertj.core.api.Assertions.assertThat;

import maildrift.probes.dns.DnsName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostPatternTest {

  @ParameterizedTest
  @CsvSource({
    "mx.provider.test, mx.provider.test, true",
    "MX.Provider.Test., mx.provider.test, true",
    "*.provider.test, mx.provider.test, true",
    "*.provider.test, a.mx.provider.test, false",
    "*.provider.test, provider.test, false",
    "*.provider.test, mx.provider.test.attacker.test, false",
    "a.*-v1.mx.test, a.k-v1.mx.test, true",
    "a.*-v1.mx.test, a.-v1.mx.test, false",
    "a.test | b.test, b.test, true",
    "a.test | b.test, c.test, false",
  })
  void matchesLabelByLabel(String pattern, String name, boolean matches) {
    assertThat(new HostPattern(pattern).matches(DnsName.of(name))).isEqualTo(matches);
  }

  @Test
  void isExactWithoutStarsAndAlternatives() {
    assertThat(new HostPattern("mx.test").isExact()).isTrue();
    assertThat(new HostPattern("*.test").isExact()).isFalse();
    assertThat(new HostPattern("a.test|b.test").isExact()).isFalse();
  }
}
