package maildrift.probes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.ListedDns;
import maildrift.probes.domain.Allowlist;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Role;
import maildrift.probes.network.Cidr;
import maildrift.probes.profile.ProfileCatalog;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.smtp.SmtpLook;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Where all that a profile says were a guess, it would bring about no critical finding, whatever
 * the world looks like: not through its MX, SPF, keys, networks, records, forwarding servers,
 * smarthosts or TLS level. Probes that come later are held to it too.
 */
class GuessedProfilesTest {
  private static final DnsName CONTOSO = DnsName.of("contoso.test");

  /** Nothing in it is as any provider wants it, but nothing is broken in itself. */
  private static final String[] STRANGE = {
    "contoso.test MX 10 mx.stranger.test",
    "mx.stranger.test A 198.41.0.4",
    "stranger.test NS ns.stranger.test",
    "contoso.test TXT v=spf1 ip4:198.41.0.4 -all",
    "autodiscover.contoso.test CNAME elsewhere.stranger.test",
    "autoconfig.contoso.test CNAME elsewhere.stranger.test",
    "_autodiscover._tcp.contoso.test SRV 0 0 443 elsewhere.stranger.test",
    "elsewhere.stranger.test A 198.41.0.5",
    "selector1._domainkey.contoso.test TXT v=DKIM1; k=rsa; p=" + Keys.OTHER,
    "mail-connect._domainkey.contoso.test TXT v=DKIM1; k=rsa; p=" + Keys.OTHER,
    "de._netblocks.mimecast.com TXT v=spf1 ip4:62.140.7.0/24 ~all",
    "_spf.mail-connect.net TXT v=spf1 ip4:80.254.138.128/26 ~all",
    "spf.protection.outlook.com TXT v=spf1 ip4:40.92.0.0/15 -all",
    "_spf.google.com TXT v=spf1 ip4:35.190.247.0/24 ~all",
    "dispatch-us.ppe-hosted.com A 67.231.154.163",
    "de-smtp-inbound-1.mimecast.com A 62.140.7.1",
    "de-smtp-outbound-1.mimecast.com A 62.140.7.2",
  };

  private static final class Keys {
    /** 2048 bits of nobody's. */
    static final String OTHER = generated();

    private static String generated() {
      try {
        var generator = java.security.KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return java.util.Base64.getEncoder()
            .encodeToString(generator.generateKeyPair().getPublic().getEncoded());
      } catch (java.security.NoSuchAlgorithmException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }

  /**
   * @param certain as the profile has it, and so what it may bring about
   */
  record Case(String label, Prescription certain) {
    @Override
    public String toString() {
      return label;
    }
  }

  static Stream<Case> everyProfileInEveryRole() {
    var cases = new ArrayList<Case>();
    for (var profile : ProfileCatalog.builtIn().all()) {
      var regions = profile.regions().isEmpty() ? Set.of("") : profile.regions().keySet();
      for (var region : regions) {
        for (var variant : plusNone(profile.variants().keySet())) {
          for (var role : Role.values()) {
            var given = new HashMap<String, String>();
            if (!region.isEmpty()) {
              given.put("region", region);
            }
            if (!variant.isEmpty()) {
              given.put("variant", variant);
            }
            if (profile.parameters().containsKey("probe")) {
              given.put("probe", "198.51.100.7");
            }
            given.put("gateway", "gw.contoso.test");
            var prescription = profile.prescribe(CONTOSO, given, role);
            cases.add(new Case(prescription.label() + " " + role.word(), prescription));
          }
        }
      }
    }
    return cases.stream();
  }

  private static Set<String> plusNone(Set<String> words) {
    var all = new TreeSet<>(words);
    all.add("");
    return all;
  }

  @ParameterizedTest
  @MethodSource("everyProfileInEveryRole")
  void aGuessBringsAboutNoCriticalFinding(Case each) {
    var prescription = each.certain().guessed(Prescription.AREAS);

    assertThat(criticals(List.of(prescription))).isSubsetOf(criticals(List.of(nothing(each))));
  }

  /** The world is bad enough: what is certain does bring them about. */
  @org.junit.jupiter.api.Test
  void whatIsCertainDoes() {
    var mimecast =
        ProfileCatalog.builtIn()
            .named("mimecast")
            .orElseThrow()
            .prescribe(CONTOSO, Map.of("region", "de"), Role.INBOUND);
    var mailConnect =
        ProfileCatalog.builtIn()
            .named("mail-connect")
            .orElseThrow()
            .prescribe(CONTOSO, Map.of("variant", "team"), Role.OUTBOUND);

    assertThat(criticals(List.of(mimecast, mailConnect)))
        .contains(
            "mx.missing de-smtp-inbound-1.mimecast.com",
            "mx.extra mx.stranger.test",
            "spf.not-authorised de._netblocks.mimecast.com",
            "netblocks.missing de._netblocks.mimecast.com",
            "dkim.unexpected mail-connect._domainkey.contoso.test",
            "records.forbidden autoconfig.contoso.test");
  }

  /** The same role and parameters without anything prescribed. */
  private static Prescription nothing(Case each) {
    var of = each.certain();
    return Prescription.of(of.profile(), of.label(), of.role()).parameters(of.parameters());
  }

  private static Set<String> criticals(List<Prescription> prescriptions) {
    var domain =
        ManagedDomain.undeclared(CONTOSO)
            .prescriptions(prescriptions)
            .allowlist(Allowlist.of("gateway", List.of(Cidr.parse("192.0.2.0/24"))));
    var network = new World(ListedDns.of(STRANGE));
    var context = Context.at(Instant.parse("2026-11-21T12:00:00Z"));
    var judgements = new HashMap<String, Judgement>();
    for (var probe : ProbeCatalog.all()) {
      judgements.put(probe.name(), judge(probe, domain, network, context));
    }
    var critical = new TreeSet<String>();
    for (var probe : ProbeCatalog.all()) {
      var own = judgements.get(probe.name());
      probe.among(domain, java.util.Objects.requireNonNull(own), judgements).findings().stream()
          .filter(finding -> finding.severity() == Severity.CRITICAL)
          .forEach(finding -> critical.add(finding.rule().id() + " " + finding.subject()));
    }
    return critical;
  }

  private static <T> Judgement judge(
      Probe<T> probe, ManagedDomain domain, Network network, Context context) {
    return probe.judge(domain, probe.observe(domain, network), context);
  }

  /** Mail servers that speak, but no TLS. */
  private record World(ListedDns dns) implements Network {
    @Override
    public Smtp smtp() {
      return targets ->
          targets.stream()
              .<SmtpLook>map(
                  target ->
                      new SmtpLook.Spoke(
                          target,
                          target.host() + " ESMTP",
                          List.of("SIZE 1000"),
                          new SmtpLook.NotOffered()))
              .toList();
    }

    @Override
    public Deadline deadline() {
      return Deadline.after(java.time.Duration.ofMinutes(1));
    }
  }
}
