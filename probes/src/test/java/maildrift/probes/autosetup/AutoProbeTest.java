package maildrift.probes.autosetup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Verdict;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsDoor;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.DnsServer;
import maildrift.probes.dns.DnsSettings;
import maildrift.probes.dns.ListedDns;
import maildrift.probes.dns.RecordType;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.dns.server.NameServer;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Role;
import maildrift.probes.https.FakeHttps;
import maildrift.probes.https.Https;
import maildrift.probes.https.HttpsLook;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.smtp.SmtpDoor;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.smtp.SmtpSettings;
import maildrift.probes.tls.TestCa;
import maildrift.probes.tls.TrustAnchors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AutoProbeTest {
  private static final ManagedDomain CONTOSO = ManagedDomain.undeclared(DnsName.of("contoso.test"));
  private static final TestCa CA = TestCa.root("Lab Root");
  private static final AutoProbe PROBE =
      new AutoProbe(TrustAnchors.only(List.of(CA.certificate())));
  private static final TestCa.Leaf WEB = CA.leaf("autoconfig.contoso.test");
  private static final TestCa.Leaf IMAP = CA.leaf("imap.contoso.test");
  private static final String CONFIG =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <clientConfig version="1.1"><emailProvider id="contoso.test"><domain>contoso.test</domain>
      <incomingServer type="imap"><hostname>imap.%EMAILDOMAIN%</hostname><port>993</port>
      <socketType>SSL</socketType><username>%EMAILADDRESS%</username></incomingServer>
      <outgoingServer type="smtp"><hostname>imap.contoso.test</hostname><port>587</port>
      <socketType>STARTTLS</socketType></outgoingServer></emailProvider></clientConfig>
      """;

  /** DNS that is a list; a web and mail servers that are what the test says. */
  private static final class World implements Network {
    private final Dns dns;
    private final Map<String, HttpsLook> documents = new HashMap<>();
    private final List<String> contacted = new ArrayList<>();
    private SmtpLook.Tls tls =
        new SmtpLook.Handshake("TLSv1.3", "TLS_AES_128_GCM_SHA256", IMAP.der());

    World(Dns dns) {
      this.dns = dns;
    }

    World serves(String url, int status, TestCa.Leaf leaf, String body) {
      documents.put(
          url,
          new HttpsLook.Spoke(
              DnsName.of(url.substring(0, url.indexOf('/'))),
              leaf.der(),
              new HttpsLook.Said.Reply(status, Map.of(), body, false)));
      return this;
    }

    @Override
    public Dns dns() {
      return dns;
    }

    @Override
    public Smtp smtp() {
      return targets -> {
        targets.forEach(target -> contacted.add(target.host() + ":" + target.port()));
        return targets.stream()
            .<SmtpLook>map(target -> new SmtpLook.Spoke(target, "", List.of(), tls))
            .toList();
      };
    }

    @Override
    public Https https() {
      return target -> {
        contacted.add(target.host() + target.path());
        return documents.getOrDefault(
            target.host() + target.path(), new HttpsLook.Unobservable("no route"));
      };
    }

    @Override
    public Deadline deadline() {
      return Deadline.after(Duration.ofMinutes(1));
    }
  }

  private static World world(String... lines) {
    var dns =
        ListedDns.of(
            "contoso.test A 192.0.2.1",
            "imap.contoso.test A 192.0.2.2",
            "alias.contoso.test CNAME imap.contoso.test",
            "dead.test NS ns");
    for (var line : lines) {
      if (!line.isBlank()) {
        dns.add(line.strip());
      }
    }
    return new World(dns).serves("autoconfig.contoso.test/mail/config-v1.1.xml", 200, WEB, CONFIG);
  }

  @Test
  void theHostsThatAProfileNamesForMailProgramsAreLookedAtWithoutARecord() {
    var provider =
        Prescription.of("house", "house", Role.MAILBOX)
            .clientHosts(
                List.of(
                    new Prescription.ClientHost(
                        DnsName.of("imap.contoso.test"), List.of(993, 25))));
    var domain = CONTOSO.prescriptions(List.of(provider));

    var fine = world();
    assertThat(
            PROBE.judge(domain, PROBE.observe(domain, fine), Context.at(Instant.now())).findings())
        .isEmpty();
    assertThat(fine.contacted).containsExactly("imap.contoso.test:993");

    var wrong = world();
    wrong.tls = new SmtpLook.Handshake("TLSv1.3", "TLS_AES_128_GCM_SHA256", WEB.der());
    assertThat(
            PROBE.judge(domain, PROBE.observe(domain, wrong), Context.at(Instant.now())).findings())
        .extracting(found -> found.rule().id() + " " + found.subject())
        .containsExactly("mua.tls imap.contoso.test:993");
  }

  private static Judgement look(Network world) {
    return PROBE.judge(CONTOSO, PROBE.observe(CONTOSO, world), Context.at(Instant.now()));
  }

  private static String violated(Judgement judgement) {
    assertThat(judgement.gaps()).isEmpty();
    return Stream.of(
            judgement.findings().stream()
                .map(finding -> finding.rule().id() + " " + finding.severity().word()),
            judgement.asides().stream().map(_ -> "aside").distinct())
        .flatMap(all -> all)
        .collect(Collectors.joining(", "));
  }

  // what stands in the zone besides | what is violated
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          contoso.test TXT nothing                                                   |
          _imaps._tcp.contoso.test SRV 0 1 993 imap.contoso.test                     |
          _imaps._tcp.contoso.test SRV 0 0 0 .                                       |
          _submissions._tcp.contoso.test SRV 0 1 465 imap.contoso.test               |
          _submission._tcp.contoso.test SRV 0 1 587 imap.contoso.test                |
          _imaps._tcp.contoso.test SRV 0 1 993 alias.contoso.test                    | auto.srv info, mua.tls warning
          _imaps._tcp.contoso.test SRV 0 1 993 nobody.contoso.test                   | auto.srv info
          _imaps._tcp.contoso.test SRV 0 1 143 imap.contoso.test                     | auto.srv info
          _pop3s._tcp.contoso.test SRV 0 1 0 imap.contoso.test                       | auto.srv info
          _imaps._tcp.contoso.test SRV 0 1 993 imap.dead.test                        | auto.srv info
          _imaps._tcp.contoso.test SRV 0 1 993 imap.unregistered.test                | auto.takeover critical, auto.srv info
          _autodiscover._tcp.contoso.test SRV 0 0 443 imap.contoso.test              |
          _autodiscover._tcp.contoso.test SRV 0 0 443 nobody.contoso.test            | auto.autodiscover info
          autodiscover.contoso.test CNAME imap.contoso.test                          |
          autodiscover.contoso.test A 192.0.2.3                                      |
          autodiscover.contoso.test CNAME x.dead.test                                | auto.autodiscover info
          autodiscover.contoso.test CNAME x.unregistered.test                        | auto.autodiscover info, auto.takeover critical
          autoconfig.contoso.test A 192.0.2.4                                        |
          autoconfig.contoso.test CNAME x.unregistered.test                          | auto.autoconfig info, auto.takeover critical
          _imaps._tcp.contoso.test SRV timeout                                       | aside
          autodiscover.contoso.test A timeout                                        | aside
          autodiscover.contoso.test CNAME v6.dead.test; v6.dead.test AAAA timeout    | aside
          autodiscover.contoso.test AAAA timeout                                     | aside
          autodiscover.contoso.test A 192.0.2.3; autodiscover.contoso.test AAAA timeout |
          autodiscover.contoso.test A 192.0.2.3; maildrift-asks-for-a-host-that-nobody-has.contoso.test A timeout | aside
          _imaps._tcp.contoso.test SRV 0 1 993 lab.contoso.test; lab.contoso.test A 10.0.0.7 | aside
          _imaps._tcp.contoso.test SRV 0 1 22 imap.contoso.test                      |
          """)
  void judgesWhatIsPublished(String line, @Nullable String violated) {
    assertThat(violated(look(world(line.split(";"))))).isEqualTo(violated == null ? "" : violated);
  }

  @Test
  void aDomainWithoutAnyOfItIsAskedNineQuestionsAndNothingIsSaid() {
    var world = world();
    var judgement = look(world);

    assertThat(((ListedDns) world.dns()).asked()).hasSize(9);
    assertThat(((ListedDns) world.dns()).rounds()).isEqualTo(1);
    assertThat(world.contacted).isEmpty();
    assertThat(judgement.outcome()).isEqualTo(Outcome.ABSENT);
    assertThat(judgement.records()).containsExactly(Map.entry("contoso.test auto-setup", ""));
  }

  @Test
  void anotherTargetIsDrift() {
    var lines =
        new String[] {
          "_imaps._tcp.contoso.test SRV 0 1 993 imap.contoso.test",
          "autodiscover.contoso.test CNAME imap.contoso.test"
        };

    assertThat(look(world(lines)).records())
        .containsExactly(
            Map.entry(
                "contoso.test auto-setup",
                "_imaps._tcp SRV 0 1 993 imap.contoso.test, autodiscover CNAME imap.contoso.test"));
    assertThat(look(world("_pop3._tcp.contoso.test SRV timeout")).records()).isEmpty();
  }

  @Test
  void whatAnswersForEveryNameIsNotAsked() {
    var world =
        world(
            "autoconfig.contoso.test A 192.0.2.4",
            "maildrift-asks-for-a-host-that-nobody-has.contoso.test A 192.0.2.4");

    assertThat(violated(look(world))).isEmpty();
    assertThat(world.contacted).isEmpty();
  }

  @Test
  void whatMayBeEverybodysIsNeitherWatchedNorFetched() {
    var world =
        world(
            "autoconfig.contoso.test A 192.0.2.4",
            "maildrift-asks-for-a-host-that-nobody-has.contoso.test A timeout");
    var judgement = look(world);

    assertThat(judgement.records()).isEmpty();
    assertThat(judgement.hides(new Finding.Key("auto.autoconfig", "autoconfig.contoso.test")))
        .isTrue();
    assertThat(world.contacted).isEmpty();
    assertThat(look(world("autodiscover.contoso.test AAAA timeout")).records()).isEmpty();
  }

  @Test
  void noStrangerSendsUsToAnotherPortNorInside() {
    var world =
        world(
            "_imaps._tcp.contoso.test SRV 0 1 8993 imap.contoso.test",
            "_pop3s._tcp.contoso.test SRV 0 1 995 lab.contoso.test",
            "_submissions._tcp.contoso.test SRV 0 1 465 both.contoso.test",
            "lab.contoso.test A 10.0.0.7",
            "lab.contoso.test AAAA fd00::7",
            "both.contoso.test A 10.0.0.8",
            "both.contoso.test A 192.0.2.8",
            "autoconfig.contoso.test A 192.0.2.4");
    world.serves(
        "autoconfig.contoso.test/mail/config-v1.1.xml", 200, WEB, CONFIG.replace("993", "22"));
    var judgement = look(world);

    assertThat(world.contacted)
        .containsExactly("autoconfig.contoso.test/mail/config-v1.1.xml", "both.contoso.test:465");
    assertThat(judgement.hides(new Finding.Key("mua.tls", "lab.contoso.test:995"))).isTrue();
  }

  @Test
  void whoSkipsTlsIsNotLookedAt() {
    var world = world("_imaps._tcp.contoso.test SRV 0 1 993 imap.contoso.test");
    var domain = CONTOSO.skip(Set.of("tls"));

    assertThat(
            violated(PROBE.judge(domain, PROBE.observe(domain, world), Context.at(Instant.now()))))
        .isEmpty();
    assertThat(world.contacted).isEmpty();
  }

  @Test
  void aProfileThatSpeaksOfARecordIsNoDrift() {
    var world = world("autodiscover.contoso.test CNAME x.unregistered.test");
    var rule =
        new Prescription.RecordRule(
            "autodiscover",
            RecordType.CNAME,
            "x.unregistered.test",
            Prescription.Demand.REQUIRED,
            "Outlook");
    var domain =
        CONTOSO.prescriptions(
            List.of(Prescription.of("house", "house", Role.INBOUND).records(List.of(rule))));
    var judgement = PROBE.judge(domain, PROBE.observe(domain, world), Context.at(Instant.now()));

    assertThat(violated(judgement)).isEmpty();
    assertThat(judgement.records()).isEqualTo(look(world).records());
    assertThat(violated(look(world))).contains("auto.takeover");
  }

  // status and what is served at the first place | the second | violated
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          200 fine     |          |
          404          | 200 fine |
          404          | 404      | auto.autoconfig info
          200 html     |          | auto.autoconfig info
          200 cut      |          | auto.autoconfig info
          200 plain    |          | auto.cleartext warning
          200 stranger | 404      | auto.autoconfig info
          301          | 404      | aside
          404          | 503      | aside
          """)
  void judgesTheConfiguration(String first, @Nullable String second, @Nullable String violated) {
    var world = world("autoconfig.contoso.test A 192.0.2.4");
    serve(world, "autoconfig.contoso.test/mail/config-v1.1.xml", first);
    if (second != null) {
      serve(world, "contoso.test/.well-known/autoconfig/mail/config-v1.1.xml", second);
    }

    assertThat(violated(look(world))).isEqualTo(violated == null ? "" : violated);
  }

  private static void serve(World world, String url, String what) {
    var words = what.strip().split(" ", 2);
    var host = url.substring(0, url.indexOf('/'));
    var kind = words.length > 1 ? words[1] : "";
    world.serves(
        url,
        Integer.parseInt(words[0]),
        kind.equals("stranger") ? CA.leaf("www.stranger.test") : CA.leaf(host),
        switch (kind) {
          case "fine", "stranger" -> CONFIG;
          case "plain" -> CONFIG.replace("STARTTLS", "plain");
          case "html" -> "<html><body/></html>";
          case "cut" -> CONFIG.substring(0, 200);
          default -> "";
        });
  }

  // what the server shows | violated
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          host      |
          domain    |
          stranger  | mua.tls warning
          untrusted | mua.tls warning
          none      | mua.tls warning
          cut       | aside
          """)
  void judgesTheServersThatAreNamed(String shows, @Nullable String violated) {
    var world = world("_imaps._tcp.contoso.test SRV 0 1 993 imap.contoso.test");
    world.tls =
        switch (shows) {
          case "host" -> handshake(IMAP);
          case "domain" -> handshake(CA.leaf("contoso.test"));
          case "stranger" -> handshake(CA.leaf("www.contoso.test"));
          case "untrusted" -> handshake(TestCa.root("Nobody").leaf("imap.contoso.test"));
          case "none" -> new SmtpLook.NoHandshake("protocol_version");
          default -> new SmtpLook.Interrupted("no answer in time");
        };

    var judgement = look(world);
    assertThat(violated(judgement)).isEqualTo(violated == null ? "" : violated);
    assertThat(world.contacted).containsExactly("imap.contoso.test:993");
    assertThat(judgement.findings())
        .extracting(Finding::cause)
        .allMatch("imap.contoso.test:993"::equals);
  }

  private static SmtpLook.Tls handshake(TestCa.Leaf leaf) {
    return new SmtpLook.Handshake("TLSv1.3", "TLS_AES_128_GCM_SHA256", leaf.der());
  }

  @Test
  void theConfigurationsServersAreLookedAtToo() {
    var world = world("autoconfig.contoso.test A 192.0.2.4");
    look(world);

    assertThat(world.contacted)
        .containsExactly("autoconfig.contoso.test/mail/config-v1.1.xml", "imap.contoso.test:993");
  }

  @Test
  void tlsFromTheFirstOctetIsSpokenOverTheWire() {
    try (var server = FakeHttps.start(IMAP)) {
      var door = new SmtpDoor(SmtpSettings.DEFAULT.allowPrivate(true));
      var target =
          Smtp.Target.wrapped(
              DnsName.of("imap.contoso.test"),
              java.net.InetAddress.getLoopbackAddress(),
              server.port());

      assertThat(door.look(List.of(target)))
          .singleElement()
          .matches(
              look ->
                  look instanceof SmtpLook.Spoke spoke
                      && spoke.tls() instanceof SmtpLook.Handshake handshake
                      && handshake.chain().size() == 1);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"SERVFAIL", "REFUSED", "SILENT"})
  void aServerThatRefusesSuchNamesSpoilsNoVerdict(Fault fault) {
    try (var server = NameServer.start();
        var door =
            new DnsDoor(
                DnsSettings.only(List.of(DnsServer.parse(server.hostAndPort())))
                    .timeout(Duration.ofMillis(300)))) {
      server.faults(fault);
      var judgement = look(new World(door.fresh(Deadline.after(Duration.ofSeconds(10)))));

      assertThat(Verdict.of(judgement.findings(), judgement.gaps())).isEqualTo(Verdict.PASS);
      assertThat(judgement.outcome()).isEqualTo(Outcome.UNOBSERVABLE);
      assertThat(judgement.records()).isEmpty();
      assertThat(judgement.hides(new Finding.Key("auto.cleartext", "autoconfig.contoso.test")))
          .isTrue();
      assertThat(judgement.hides(new Finding.Key("auto.takeover", "_imaps._tcp.contoso.test")))
          .isTrue();
    }
  }

  @Test
  void aHostileConfigurationIsNone() {
    var domain = DnsName.of("contoso.test");
    for (var hostile :
        List.of(
            "",
            "<".repeat(1_000),
            "<a>".repeat(1_000),
            "<!DOCTYPE c [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><clientConfig>&e;</clientConfig>",
            "<clientConfig><emailProvider>"
                + "<incomingServer><hostname>%X%</hostname><port>99999999</port>".repeat(100))) {
      assertThat(ClientConfig.parse(hostile, domain)).isInstanceOf(ClientConfig.Result.Bad.class);
    }
  }
}
