package maildrift.probes.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Prescription.MxHost;
import maildrift.probes.domain.Role;
import maildrift.probes.domain.TlsLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The operator's own profiles, as a configuration hands them over: plain maps and lists. */
class ProfileTest {

  private static final DnsName CONTOSO = DnsName.of("contoso.tld");

  @Test
  void theShortestProfileIsOneMx() {
    var house = read(Map.of("mx", List.of(Map.of("host", "mx.example.net", "preference", 10))));

    assertThat(mx(house)).containsExactly(List.of("10 mx.example.net"));
    assertThat(house.defaultRole()).isEqualTo(Role.INBOUND);
    assertThat(house.title()).isEqualTo("house");
  }

  @Test
  void shortFormsMeanTheSameAsLongOnes() {
    assertThat(mx(read(Map.of("mx", "mx.example.net."))))
        .containsExactly(List.of("mx.example.net"));
    assertThat(mx(read(Map.of("mx", List.of("10 mx1.example.net", "MX2.example.net")))))
        .containsExactly(List.of("10 mx1.example.net", "mx2.example.net"));
    assertThat(
            mx(
                read(
                    Map.of(
                        "mx", Map.of("any_of", List.of(List.of("a.test", "b.test"), "c.test"))))))
        .containsExactly(List.of("a.test", "b.test"), List.of("c.test"));
  }

  @Test
  void anSpfNameIsAlsoTheIncludeToPaste() {
    var prescription =
        read(Map.of("spf", "_spf.example.net", "netblocks", List.of("_spf.example.net")))
            .prescribe(CONTOSO, Map.of(), Role.INBOUND);

    assertThat(prescription.spfAuthorise()).containsExactly(DnsName.of("_spf.example.net"));
    assertThat(prescription.spfInclude()).isEqualTo("include:_spf.example.net");
    assertThat(prescription.netblocks()).containsExactly(DnsName.of("_spf.example.net"));
  }

  @Test
  void putsInTheDomainItsRegionAndTheProfilesOwnParameters() {
    var house =
        read(
            Map.of(
                "parameters",
                Map.of("cell", Map.of("required", true, "why", "the cell of the customer")),
                "mx",
                "{domain-dashes}.{cell}.{region}.example.net",
                "regions",
                Map.of("north", Map.of("title", "North"))));

    assertThat(
            house
                .prescribe(CONTOSO, Map.of("region", "north", "cell", "C7"), Role.INBOUND)
                .mx()
                .getFirst()
                .hosts()
                .getFirst()
                .host())
        .hasToString("contoso-tld.c7.north.example.net");
    assertThatThrownBy(() -> house.prescribe(CONTOSO, Map.of("region", "north"), Role.INBOUND))
        .hasMessage("house needs cell: the cell of the customer");
    assertThat(house.check(Map.of("region", "nroth", "cell", "c7")))
        .containsExactly(
            new ProfileProblem(
                "region", "house has no region 'nroth'; did you mean 'north'? It has north"));
  }

  @Test
  void aPrescriptionCarriesEverySection() {
    var house =
        read(
            Map.ofEntries(
                Map.entry("notes", "Mind the gap."),
                Map.entry("parameters", Map.of("probe", "an address that sends for you")),
                Map.entry(
                    "spf",
                    Map.of(
                        "include",
                        "exists:%{i}._spf.example.net",
                        "probe",
                        List.of("{probe}", "2001:db8::1"))),
                Map.entry("networks", "192.0.2.0/24"),
                Map.entry("feeds", "m365-endpoints"),
                Map.entry("forwarding", "{domain-dashes}.in.example.net"),
                Map.entry("smarthosts", "{region}.out.example.net"),
                Map.entry(
                    "client_hosts",
                    List.of(Map.of("host", "imap.example.net", "ports", List.of(143, 993)))),
                Map.entry("tls_level", "verify"),
                Map.entry("ttl", Map.of("normal", 3600, "migration", 300)),
                Map.entry("regions", Map.of("north", Map.of())),
                Map.entry(
                    "evidence",
                    List.of(
                        Map.of(
                            "facts",
                            List.of("smarthosts", "ttl"),
                            "source",
                            "s",
                            "date",
                            "2026-11-21",
                            "confidence",
                            "guess")))));

    var seen =
        house.prescribe(CONTOSO, Map.of("region", "NORTH", "probe", "198.51.100.7"), Role.OUTBOUND);

    assertThat(seen.region()).contains("north");
    assertThat(seen.variant()).isEmpty();
    assertThat(seen.parameter("probe")).contains("198.51.100.7");
    assertThat(seen.notes()).isEqualTo("Mind the gap.");
    assertThat(seen.spfAuthorise()).isEmpty();
    assertThat(seen.spfInclude()).isEqualTo("exists:%{i}._spf.example.net");
    assertThat(seen.spfProbe())
        .extracting(java.net.InetAddress::getHostAddress)
        .containsExactly("198.51.100.7", "2001:db8:0:0:0:0:0:1");
    assertThat(seen.networks()).hasToString("[192.0.2.0/24]");
    assertThat(seen.feeds()).containsExactly("m365-endpoints");
    assertThat(seen.forwarding()).containsExactly(DnsName.of("contoso-tld.in.example.net"));
    assertThat(seen.smarthosts()).containsExactly(DnsName.of("north.out.example.net"));
    assertThat(seen.clientHosts())
        .containsExactly(
            new Prescription.ClientHost(DnsName.of("imap.example.net"), List.of(143, 993)));
    assertThat(seen.tlsLevel()).contains(TlsLevel.VERIFY);
    assertThat(seen.ttl().normal()).contains(Duration.ofHours(1));
    assertThat(seen.ttl().migration()).contains(Duration.ofMinutes(5));
    assertThat(seen.guessed()).containsExactlyInAnyOrder("smarthosts", "ttl");
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        Arguments.of(Map.of("mxx", "mx.example.net"), "mxx: unknown key 'mxx'; did you mean 'mx'?"),
        Arguments.of(
            Map.of("mx", List.of(Map.of("host", "mx.example.net", "prefrence", 10))),
            "mx[0].prefrence: unknown key 'prefrence'; did you mean 'preference'?"),
        Arguments.of(Map.of("mx", List.of(Map.of("preference", 10))), "mx[0]: 'host' is missing"),
        Arguments.of(
            Map.of("mx", List.of(Map.of("host", "mx.example.net", "preference", 70000))),
            "mx[0].preference: '70000' is no MX preference between 0 and 65535"),
        Arguments.of(
            Map.of("mx", List.of("ten mx.example.net")),
            "mx[0]: 'ten' is no MX preference between 0 and 65535"),
        Arguments.of(Map.of("mx", "mx_1..example.net"), "mx: 'mx_1..example.net' is no host name"),
        Arguments.of(
            Map.of("netblocks", "*.example.net"), "netblocks: '*.example.net' is no host name"),
        Arguments.of(
            Map.of("mx", "{tenent}.example.net", "parameters", Map.of("tenant", "yours")),
            "mx: '{tenent}' is no placeholder; did you mean 'tenant'? (known: domain, domain-dashes, tenant, gateway)"),
        Arguments.of(
            Map.of("roles", List.of("inbount")),
            "roles[0]: 'inbount' is no role; did you mean 'inbound'?"),
        Arguments.of(
            Map.of("spf", Map.of("authorise", "a.test", "first", "maybe")),
            "spf.first: 'maybe' must be true or false"),
        Arguments.of(
            Map.of("dkim", List.of(Map.of("selector", "s", "key", "v=DKIM1; p=AAAA"))),
            "dkim[0].key: the key must be the base64 of p=, without the tags around it"),
        Arguments.of(
            Map.of("records", List.of(Map.of("name", "x", "type", "CNAM", "demand", "required"))),
            "records[0].type: 'CNAM' is no record type; did you mean 'CNAME'?"),
        Arguments.of(
            Map.of("records", List.of(Map.of("name", "x", "type", "SRV", "demand", "never"))),
            "records[0].demand: 'never' is no demand; known: required, optional, forbidden"),
        Arguments.of(
            Map.of("deviations", Map.of("spf.all-qualifier", "")),
            "deviations.spf.all-qualifier: a deviation needs the reason for it"),
        Arguments.of(
            Map.of("deviations", Map.of("everything", "because")),
            "deviations.everything: 'everything' is no rule id such as spf.all-qualifier"),
        Arguments.of(
            Map.of("networks", List.of("192.0.2.1/24")),
            "networks[0]: '192.0.2.1/24' has host bits set; the network is 192.0.2.0/24"),
        Arguments.of(
            Map.of("tls_level", "verfy"),
            "tls_level: 'verfy' is no TLS level; did you mean 'verify'?"),
        Arguments.of(
            Map.of("spf", Map.of("probe", List.of("192.0.2.0/24"))),
            "spf.probe[0]: '192.0.2.0/24' is no IP address"),
        Arguments.of(Map.of("feeds", "m365"), "feeds: 'm365' is no feed; known: m365-endpoints"),
        Arguments.of(
            Map.of("client_hosts", List.of(Map.of("host", "imap.example.net", "ports", 0))),
            "client_hosts[0].ports: '0' is no port between 1 and 65535"),
        Arguments.of(
            Map.of("ttl", Map.of("migration", "5m")),
            "ttl.migration: '5m' is no number of seconds between 1 and 604800"),
        Arguments.of(
            Map.of(
                "evidence",
                List.of(
                    Map.of("facts", "mx", "source", "s", "date", "soon", "confidence", "high"))),
            "evidence[0].date: 'soon' is no date such as 2026-11-21"),
        Arguments.of(
            Map.of("regions", List.of("de")),
            "regions: key: value pairs are expected here, not '[de]'"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void saysWhereAMistakeIsAndWhatWouldBeRight(Map<String, Object> data, String problem) {
    var read = Profile.read("house", data);

    assertThat(read.profile()).isEmpty();
    assertThat(read.problems()).extracting(ProfileProblem::toString).containsExactly(problem);
  }

  @Test
  void aNameIsAWord() {
    assertThat(Profile.read("My House", Map.of()).problems())
        .extracting(ProfileProblem::message)
        .containsExactly("'My House' is no profile name; use lower-case letters, digits and -");
  }

  @Test
  void anOwnProfileTakesThePlaceOfABuiltInOne() {
    var own = Profile.read("mimecast", Map.of("mx", "mx.example.net")).profile().orElseThrow();

    var catalog = ProfileCatalog.builtIn().plus(List.of(own));

    assertThat(catalog.named("mimecast")).containsSame(own);
    assertThat(catalog.all()).hasSameSizeAs(ProfileCatalog.builtIn().all());
    assertThat(ProfileCatalog.builtIn().named("mimecast").orElseThrow().regions()).isNotEmpty();
  }

  /** The message of an unknown key lists the keys that the code knows. */
  @Test
  void theDocumentedSchemaNamesEveryKeyAndNoOther() throws IOException {
    var message = Profile.read("house", Map.of("zzzzzzzz", "")).problems().getFirst().message();
    var known = List.of(message.substring(message.indexOf("known: ") + 7).split(", "));
    try (var readme = ProfileTest.class.getResourceAsStream("/profiles/README.md")) {
      assertThat(readme).isNotNull();
      var documented =
          new String(readme.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> line.startsWith("| `"))
              .map(line -> line.substring(3, line.indexOf('`', 3)))
              .toList();

      assertThat(documented).containsExactlyInAnyOrderElementsOf(known);
    }
  }

  private static Profile read(Map<String, Object> data) {
    var read = Profile.read("house", data);
    assertThat(read.problems()).isEmpty();
    return read.profile().orElseThrow();
  }

  private static List<List<String>> mx(Profile profile) {
    return profile.prescribe(CONTOSO, Map.of(), Role.INBOUND).mx().stream()
        .map(set -> set.hosts().stream().map(ProfileTest::text).toList())
        .toList();
  }

  private static String text(MxHost host) {
    return host.preference().map(p -> p + " ").orElse("") + host.host();
  }
}
