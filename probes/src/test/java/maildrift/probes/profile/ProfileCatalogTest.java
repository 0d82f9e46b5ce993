package maildrift.probes.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.probes.Severity;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Prescription.Demand;
import maildrift.probes.domain.Role;
import maildrift.probes.domain.TlsLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfileCatalogTest {

  private static final DnsName CONTOSO = DnsName.of("contoso.tld");
  private static final ProfileCatalog CATALOG = ProfileCatalog.builtIn();

  @Test
  void knowsTheBuiltInProfiles() {
    assertThat(CATALOG.all())
        .extracting(Profile::name)
        .containsExactly(
            "mimecast",
            "seppmail",
            "seppmail-cloud",
            "mail-connect",
            "microsoft365",
            "google-workspace",
            "proofpoint",
            "proofpoint-essentials",
            "barracuda",
            "cisco",
            "hornetsecurity",
            "nospamproxy-cloud",
            "sophos",
            "trend-micro",
            "retarus",
            "cloudflare-area1",
            "cloudflare-email-routing",
            "fortimail-cloud",
            "symantec",
            "appriver");
  }

  @ParameterizedTest
  @CsvSource({
    "eu, eu-smtp-inbound-1.mimecast.com, eu._netblocks.mimecast.com, ''",
    "de, de-smtp-inbound-1.mimecast.com, de._netblocks.mimecast.com, ''",
    "us, us-smtp-inbound-1.mimecast.com, us._netblocks.mimecast.com, ''",
    "usb, usb-smtp-inbound-1.mimecast.com, usb._netblocks.mimecast.com, smarthosts",
    "ca, ca-smtp-inbound-1.mimecast.com, ca._netblocks.mimecast.com, forwarding mx smarthosts",
    "za, za-smtp-inbound-1.mimecast.co.za, za._netblocks.mimecast.com, tls_level",
    "au, au-smtp-inbound-1.mimecast.com, au._netblocks.mimecast.com, forwarding mx",
    "je, je-smtp-inbound-1.mimecast-offshore.com, je._netblocks.mimecast.com, netblocks smarthosts spf",
    "uspcom, uspcom-smtp-inbound-1.mimecast-pscom-us.com, uspcom._netblocks.mimecast-pscom-us.com, forwarding mx smarthosts",
    "DE, de-smtp-inbound-1.mimecast.com, de._netblocks.mimecast.com, ''",
  })
  void knowsMimecastsRegionsAndTheirExceptions(
      String region, String firstMx, String netblocks, String guessed) {
    var mimecast = prescribe("mimecast", Map.of("region", region));

    assertThat(hosts(mimecast))
        .containsExactly(List.of(firstMx, firstMx.replace("inbound-1", "inbound-2")));
    assertThat(mimecast.netblocks()).containsExactly(DnsName.of(netblocks));
    assertThat(mimecast.spfAuthorise()).containsExactly(DnsName.of(netblocks));
    assertThat(mimecast.spfInclude()).isEqualTo("include:" + netblocks);
    assertThat(mimecast.spfFirst()).isTrue();
    assertThat(mimecast.mx().getFirst().hosts())
        .allSatisfy(host -> assertThat(host.preference()).isEmpty());
    assertThat(String.join(" ", mimecast.guessed().stream().sorted().toList())).isEqualTo(guessed);
  }

  @Test
  void mimecastsGlobalNamePrescribesNoMx() {
    var global = prescribe("mimecast", Map.of("region", "global"));

    assertThat(global.mx()).isEmpty();
    assertThat(global.netblocks()).containsExactly(DnsName.of("_netblocks.mimecast.com"));
  }

  @Test
  void aGuessWakesNobodyUp() {
    var canada = prescribe("mimecast", Map.of("region", "ca"));

    assertThat(canada.certain()).isFalse();
    assertThat(canada.atMost("mx", Severity.CRITICAL)).isEqualTo(Severity.WARNING);
    assertThat(canada.atMost("mx", Severity.INFO)).isEqualTo(Severity.INFO);
    assertThat(canada.atMost("netblocks", Severity.CRITICAL)).isEqualTo(Severity.CRITICAL);
    assertThat(prescribe("mimecast", Map.of("region", "de")).certain()).isTrue();
  }

  @Test
  void keepsTheHostsOfARegionTogether() {
    var mimecast = profile("mimecast");

    assertThat(mimecast.forwardingHosts(CONTOSO, Map.of("region", "za")))
        .extracting(DnsName::toString)
        .containsExactly("za-smtp-inbound-1.mimecast.co.za", "za-smtp-inbound-2.mimecast.co.za");
    assertThat(mimecast.smarthosts(CONTOSO, Map.of("region", "de")))
        .extracting(DnsName::toString)
        .containsExactly(
            "de-smtp-outbound-1.mimecast.com",
            "de-smtp-outbound-2.mimecast.com",
            "de-smtp-o365-outbound-1.mimecast.com",
            "de-smtp-o365-outbound-2.mimecast.com");
    assertThat(mimecast.tlsLevel(Map.of("region", "de"))).contains(TlsLevel.SECURE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "mimecast | region=dee | mimecast has no region 'dee'; did you mean 'de'? It has eu, de, us, usb, ca, za, au, je, uspcom, global, other",
        "mimecast | region=germany | mimecast has no region 'germany'. It has eu, de, us, usb, ca, za, au, je, uspcom, global, other",
        "mimecast |  | mimecast needs a region: one of eu, de, us, usb, ca, za, au, je, uspcom, global, other",
        "mimecast | regoin=de region=de | mimecast takes no 'regoin'; did you mean 'region'? (it takes region, grid, gateway)",
        "google-workspace | region=eu | google-workspace has no regions, but 'eu' is given",
        "mail-connect | variant=prof | mail-connect has no variant 'prof'; did you mean 'pro'? It has pro, team, secgate",
        "microsoft365 | tenant=a..b | 'a..b' cannot be part of a host name (tenant)",
        "microsoft365 | tenant=a/b | 'a/b' cannot be part of a host name (tenant)",
        "proofpoint | cluster=1234 | '1234' does not look like [0-9a-f]{8} (cluster)",
        "cisco | probe=mx.test | 'mx.test' is no IP address (probe)",
      })
  void saysWhatIsWrongWithParameters(String name, String given, String message) {
    assertThatThrownBy(() -> prescribe(name, parameters(given)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void findsTheNearestProfile() {
    assertThat(CATALOG.unknown("mimcast"))
        .isEqualTo("there is no profile 'mimcast'; did you mean 'mimecast'?");
    assertThat(CATALOG.unknown("exchange"))
        .isEqualTo(
            "there is no profile 'exchange'; known: mimecast, seppmail, seppmail-cloud, mail-connect, microsoft365, google-workspace, proofpoint, proofpoint-essentials, barracuda, cisco, hornetsecurity, nospamproxy-cloud, sophos, trend-micro, retarus, cloudflare-area1, cloudflare-email-routing, fortimail-cloud, symantec, appriver");
  }

  @Test
  void microsoftHasTwoFormsOfMxAndOfDkim() {
    var microsoft = prescribe("microsoft365", Map.of());

    assertThat(hosts(microsoft))
        .containsExactly(
            List.of("contoso-tld.mail.protection.outlook.com"),
            List.of("contoso-tld.*-v1.mx.microsoft"),
            List.of("contoso-tld.mail.protection.office365.us"));
    var cname = microsoft.dkim().getFirst().cname().orElseThrow();
    assertThat(
            cname.matches(DnsName.of("selector1-contoso-tld._domainkey.contoso.onmicrosoft.com")))
        .isTrue();
    assertThat(
            cname.matches(
                DnsName.of("selector1-contoso-tld._domainkey.contoso.n-v1.dkim.mail.microsoft")))
        .isTrue();
    assertThat(cname.matches(DnsName.of("selector1-other-tld._domainkey.contoso.onmicrosoft.com")))
        .isFalse();
    assertThat(
            cname.matches(
                DnsName.of("selector1-contoso-tld._domainkey.contoso.onmicrosoft.com.evil.test")))
        .isFalse();
    assertThat(microsoft.dkim()).extracting("required").containsExactly(true, false);
  }

  @Test
  void parametersNarrowWhatMicrosoftPrescribes() {
    var microsoft =
        prescribe("microsoft365", Map.of("tenant", "Contoso", "label", "contoso-tld0e"));

    assertThat(hosts(microsoft).getFirst())
        .containsExactly("contoso-tld0e.mail.protection.outlook.com");
    assertThat(
            microsoft
                .dkim()
                .getFirst()
                .cname()
                .orElseThrow()
                .matches(DnsName.of("selector1-contoso-tld._domainkey.fabrikam.onmicrosoft.com")))
        .isFalse();
    assertThat(microsoft.label()).isEqualTo("microsoft365 label=contoso-tld0e tenant=Contoso");
  }

  @Test
  void whoHoldsTheMailboxesPrescribesNeitherMxNorSpf() {
    var mailbox = profile("microsoft365").prescribe(CONTOSO, Map.of(), Role.MAILBOX);

    assertThat(mailbox.mx()).isEmpty();
    assertThat(mailbox.spfAuthorise()).isEmpty();
    assertThat(mailbox.dkim()).extracting("required").containsOnly(false);
    assertThat(mailbox.netblocks()).hasSize(1);
  }

  @Test
  void googleHasThreeMxSetsAndOnePreference() {
    var google = prescribe("google-workspace", Map.of());

    assertThat(hosts(google))
        .containsExactly(
            List.of("smtp.google.com"),
            List.of(
                "aspmx.l.google.com",
                "alt1.aspmx.l.google.com",
                "alt2.aspmx.l.google.com",
                "alt3.aspmx.l.google.com",
                "alt4.aspmx.l.google.com"),
            List.of(
                "aspmx.l.google.com",
                "alt1.aspmx.l.google.com",
                "alt2.aspmx.l.google.com",
                "aspmx2.googlemail.com",
                "aspmx3.googlemail.com"));
    assertThat(google.mx().getFirst().hosts().getFirst().preference()).contains(1);
  }

  @Test
  void mailConnectPrescribesItsSharedKeyByteForByte() {
    var mailConnect = prescribe("mail-connect", Map.of());

    assertThat(mailConnect.dkim().getFirst().key())
        .contains(
            "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCdG1MYcrYYxCb3fcCSfgs6GyprlkaKNJ1qCsru1B0/ndQD7iLFECzU2UPGXlSsevM56HxvAQNodjA0zvyrPbAKKdStEeLj1IbySxUoqRjCQOviLS4SI8duVtTd53kum1ugvQtGd7byj6THGkIvJEpI22QzhF2uMfh9ijCiesjAQIDAQAB");
    assertThat(mailConnect.mx().getFirst().hosts().getFirst().preference()).contains(10);
    assertThat(mailConnect.deviations())
        .containsKeys("spf.all-qualifier", "dkim.key-size", "dmarc.rua");
    assertThat(mailConnect.records()).isEmpty();
    assertThat(profile("mail-connect").networks(Map.of())).hasToString("[80.254.138.128/26]");
  }

  @Test
  void mailConnectsVariantsDifferInAutomaticSetup() {
    assertThat(prescribe("mail-connect", Map.of("variant", "PRO")).records())
        .extracting(Prescription.RecordRule::demand)
        .containsOnly(Demand.OPTIONAL);
    assertThat(prescribe("mail-connect", Map.of("variant", "team")).records())
        .extracting(Prescription.RecordRule::demand)
        .containsOnly(Demand.FORBIDDEN);
    assertThat(prescribe("mail-connect", Map.of("variant", "secgate")).records())
        .extracting(
            Prescription.RecordRule::prefix,
            Prescription.RecordRule::type,
            Prescription.RecordRule::value)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "autoconfig", RecordType.CNAME, "autoconfig.mail-connect.net"),
            org.assertj.core.groups.Tuple.tuple(
                "_autodiscover._tcp", RecordType.SRV, "* * * autodiscover.mail-connect.net"));
  }

  @Test
  void aSeppmailGatewayPrescribesMxOnlyWhereItTakesTheMail() {
    var seppmail = profile("seppmail");

    assertThat(seppmail.defaultRole()).isEqualTo(Role.GATEWAY);
    assertThat(seppmail.prescribe(CONTOSO, Map.of(), Role.GATEWAY).mx()).isEmpty();
    assertThat(seppmail.prescribe(CONTOSO, Map.of(), Role.INBOUND).mx()).isEmpty();
    assertThat(
            hosts(
                seppmail.prescribe(CONTOSO, Map.of("gateway", "secure.example.net"), Role.INBOUND)))
        .containsExactly(List.of("secure.example.net"));
  }

  @Test
  void seppmailsCloudPrescribesTheGateNameInline() {
    var inline = Map.of("region", "ch", "variant", "inline");
    var parallel = Map.of("region", "ch", "variant", "parallel");

    assertThat(hosts(prescribe("seppmail-cloud", inline)))
        .containsExactly(List.of("contoso-tld.gate.seppmail.cloud"));
    assertThat(prescribe("seppmail-cloud", parallel).mx()).isEmpty();
    assertThat(profile("seppmail-cloud").networks(inline)).hasSize(5);
    assertThat(profile("seppmail-cloud").networks(Map.of("region", "dev"))).isEmpty();
  }

  /**
   * What comes in from outside may come without TLS inline; that it may not is said of parallel.
   */
  @Test
  void seppmailsCloudAsksForNoCertificate() {
    var seppmail = profile("seppmail-cloud");

    assertThat(seppmail.tlsLevel(Map.of("region", "ch"))).isEmpty();
    assertThat(seppmail.tlsLevel(Map.of("region", "ch", "variant", "inline"))).isEmpty();
    assertThat(seppmail.tlsLevel(Map.of("region", "ch", "variant", "parallel")))
        .contains(TlsLevel.ENCRYPT);
  }

  @Test
  void underMxMicrosoftMoreThanOnePreferenceIsRight() {
    assertThat(prescribe("microsoft365", Map.of("variant", "mx-microsoft")).mx())
        .flatExtracting(Prescription.MxSet::hosts)
        .extracting(Prescription.MxHost::preference)
        .containsOnly(Optional.empty());
  }

  @Test
  void namesLineAndColumnOfEveryProblem() {
    assertThatThrownBy(
            () ->
                yaml(
                    """
                    title: House
                    mx: [{host: mx.example.net, prefrence: 10}]
                    spf: {first: true}
                    colour: red
                    regions:
                      north:
                        mx: [mx..example.net]
                    """))
        .hasMessage(
            """
            house.yaml:4:1: unknown key 'colour'; known: title, mx, spf, dkim, netblocks, records, deviations, subdomains, forwarding, smarthosts, networks, feeds, client_hosts, tls_level, ttl, evidence, notes, roles, parameters, regions, variants
            house.yaml:2:29: unknown key 'prefrence'; did you mean 'preference'?
            house.yaml:3:1: 'authorise' is missing: the SPF name whose networks must be authorised; or 'hosts' or 'probe': hosts or addresses that must pass
            house.yaml:7:10: 'mx..example.net' is no host name""");
  }

  @Test
  void brokenYamlDoubledKeysAndAliasBombsAreErrors() {
    assertThatThrownBy(() -> yaml("mx: [a.test\ntitle: x"))
        .hasMessageStartingWith("house.yaml:2:")
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> yaml("mx: a.test\nmx: b.test"))
        .hasMessage("house.yaml:2:1: 'mx' is there twice");
    assertThatThrownBy(() -> yaml("- mx"))
        .hasMessage("house.yaml:1:1: key: value pairs are expected here");
    var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (var i = 1; i < 9; i++) {
      bomb.append("a%d: &a%d [".formatted(i, i));
      bomb.append(("*a" + (i - 1) + ", ").repeat(5)).append("x]\n");
    }
    assertThatThrownBy(() -> yaml(bomb.toString())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> yaml("a: &a [*a]")).isInstanceOf(IllegalArgumentException.class);
  }

  private static Profile yaml(String text) {
    return ProfileCatalog.read(
        "house", "house.yaml", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static Profile profile(String name) {
    return CATALOG.named(name).orElseThrow();
  }

  private static Prescription prescribe(String name, Map<String, String> parameters) {
    return profile(name).prescribe(CONTOSO, parameters, Role.INBOUND);
  }

  private static List<List<String>> hosts(Prescription prescription) {
    return prescription.mx().stream()
        .map(set -> set.hosts().stream().map(host -> host.host().text()).toList())
        .toList();
  }

  private static Map<String, String> parameters(@org.jspecify.annotations.Nullable String text) {
    var parameters = new LinkedHashMap<String, String>();
    for (var pair : (text == null ? "" : text).split(" ", -1)) {
      var equals = pair.indexOf('=');
      if (equals > 0) {
        parameters.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    return parameters;
  }
}
