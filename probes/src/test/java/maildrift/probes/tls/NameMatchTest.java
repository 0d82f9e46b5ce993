package maildrift.probes.tls;

import static org.assertj.core.api.Assertions.assertThat;

import maildrift.probes.dns.DnsName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NameMatchTest {

  @ParameterizedTest
  @CsvSource({
    "mx.contoso.test, mx.contoso.test, true",
    "MX.Contoso.Test, mx.contoso.test, true",
    "mx.contoso.test., mx.contoso.test, true",
    "*.contoso.test, mx.contoso.test, true",
    "*.contoso.test, contoso.test, false",
    "*.contoso.test, a.mx.contoso.test, false",
    "*.test, contoso.test, false",
    "*, test, false",
    "m*.contoso.test, mx.contoso.test, false",
    "mx.*.test, mx.contoso.test, false",
    "*.*.contoso.test, a.b.contoso.test, false",
    "contoso.test, mx.contoso.test, false",
    "mx.contoso.test.evil.test, mx.contoso.test, false",
    "xn--mller-kva.test, müller.test, true",
    "müller.test, xn--mller-kva.test, true",
    "faß.test, fass.test, false",
    "'', mx.contoso.test, false",
    "' mx.contoso.test', mx.contoso.test, false",
    "192.0.2.1, mx.contoso.test, false"
  })
  void wildcardsStandForOneWholeLabel(String presented, String host, boolean matches) {
    assertThat(NameMatch.matches(presented, DnsName.of(host))).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    "contoso.test, contoso.test, true",
    "mx.contoso.test, contoso.test, true",
    "*.contoso.test, contoso.test, true",
    "a.b.contoso.test, contoso.test, true",
    "mx.provider.test, contoso.test, false",
    "evilcontoso.test, contoso.test, false",
    "test, contoso.test, false"
  })
  void theNextHopMatchesItselfAndWhatIsBelow(String presented, String nextHop, boolean matches) {
    assertThat(NameMatch.matchesNextHop(presented, DnsName.of(nextHop))).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    "secure.example.test, secure.example.test, true",
    "SECURE.example.test, secure.example.test, true",
    "*.example.test, secure.example.test, true",
    "*.example.test, *.example.test, true",
    "secure.example.test, *.example.test, true",
    "gw1.example.test, secure.example.test, false",
    "example.test, secure.example.test, false",
    "example.test, *.example.test, false",
    "*.test, secure.example.test, false"
  })
  void aConnectorTakesTheNameOrItsWildcard(String commonName, String connector, boolean matches) {
    assertThat(NameMatch.matchesConnector(commonName, connector)).isEqualTo(matches);
  }
}
