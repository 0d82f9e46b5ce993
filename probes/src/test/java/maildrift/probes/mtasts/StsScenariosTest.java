package maildrift.probes.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.Memory;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsDoor;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.DnsServer;
import maildrift.probes.dns.DnsSettings;
import maildrift.probes.dns.ListedDns;
import maildrift.probes.dns.server.NameServer;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.https.FakeHttps;
import maildrift.probes.https.Https;
import maildrift.probes.https.HttpsDoor;
import maildrift.probes.https.HttpsSettings;
import maildrift.probes.https.SharedHttps;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.tls.TestCa;
import maildrift.probes.tls.TrustAnchors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Zones and policies, and the rules that they violate; every other must not be. */
class StsScenariosTest {
  private static final ManagedDomain CONTOSO = ManagedDomain.undeclared(DnsName.of("contoso.test"));
  private static final TestCa CA = TestCa.root("Lab Root");
  private static final MtaStsProbe PROBE =
      new MtaStsProbe(TrustAnchors.only(List.of(CA.certificate())));
  private static final TestCa.Leaf WEB = CA.leaf("mta-sts.contoso.test");
  private static final TestCa.Leaf MAIL = CA.leaf("mx.contoso.test");
  private static final String RECORD = "_mta-sts.contoso.test TXT v=STSv1; id=1";
  private static final String POLICY_RECORD = "_mta-sts.contoso.test MTA-STS-policy";

  private final FakeHttps server = FakeHttps.start(WEB).serves(policy("enforce"));
  private SmtpLook.Tls tls = handshake(MAIL);
  private boolean allowsPrivate = true;

  @AfterEach
  void close() {
    server.close();
  }

  private static String policy(String mode, String... mx) {
    var hosts = mx.length == 0 ? List.of("mx.contoso.test") : List.of(mx);
    return "version: STSv1\r\nmode: %s\r\n%smax_age: 2592000\r\n"
        .formatted(mode, hosts.stream().map("mx: %s\r\n"::formatted).collect(Collectors.joining()));
  }

  private static SmtpLook.Tls handshake(TestCa.Leaf leaf) {
    return new SmtpLook.Handshake("TLSv1.3", "TLS_AES_128_GCM_SHA256", leaf.der());
  }

  private static ListedDns zone(String... more) {
    var dns =
        ListedDns.of(
            RECORD,
            "mta-sts.contoso.test A 127.0.0.1",
            "contoso.test MX 10 mx.contoso.test",
            "mx.contoso.test A 192.0.2.1");
    for (var line : more) {
      dns.add(line);
    }
    return dns;
  }

  /** The list of DNS, the loopback web, and one answer of every mail host. */
  private class World implements Network {
    private final Dns dns;
    private final List<DnsName> mailHosts = new ArrayList<>();

    World(Dns dns) {
      this.dns = dns;
    }

    @Override
    public Dns dns() {
      return dns;
    }

    @Override
    public Smtp smtp() {
      return targets -> {
        targets.forEach(target -> mailHosts.add(target.host()));
        return targets.stream()
            .<SmtpLook>map(
                target -> new SmtpLook.Spoke(target, target.host().toString(), List.of(), tls))
            .toList();
      };
    }

    @Override
    public Https https() {
      return new SharedHttps(
              new HttpsDoor(
                  HttpsSettings.DEFAULT
                      .port(server.port())
                      .allowPrivate(allowsPrivate)
                      .timeout(Duration.ofSeconds(2))))
          .within(deadline());
    }

    @Override
    public Deadline deadline() {
      return Deadline.after(Duration.ofSeconds(20));
    }
  }

  private Judgement look(ListedDns dns) {
    return look(dns, Memory.NOTHING);
  }

  private Judgement look(Dns dns, Memory memory) {
    var world = new World(dns);
    return PROBE.judge(
        CONTOSO, PROBE.observe(CONTOSO, world), Context.at(Instant.now()).memory(memory));
  }

  private static String violated(Judgement judgement) {
    return Stream.concat(
            judgement.findings().stream()
                .map(
                    finding ->
                        finding.rule().id().substring("mtasts.".length())
                            + " "
                            + finding.severity().word()),
            judgement.gaps().stream().map(_ -> "gap"))
        .collect(Collectors.joining(", "));
  }

  // status line and headers, with | for a line end, before the policy | violated
  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      quoteCharacter = '`',
      textBlock =
          """
          HTTP/1.1 200 OK|Content-Type: text/plain|                              >
          HTTP/1.1 200 OK|content-type: Text/Plain; charset=utf-8|               >
          HTTP/1.1 200 OK|Content-Type: text/html|                               > fetch warning
          HTTP/1.1 200 OK|                                                       > fetch warning
          HTTP/1.1 200 OK|Content-Type: text/plain|Content-Encoding: gzip|       > fetch critical
          HTTP/1.1 200 OK|Content-Type: text/plain|Content-Encoding: identity|   >
          HTTP/1.1 301 Moved|Location: https://www.contoso.test/|                > fetch critical
          HTTP/1.1 302 Found|Location: /elsewhere|                               > fetch critical
          HTTP/1.1 403 Forbidden|                                                > fetch critical
          HTTP/1.1 404 Not Found|                                                > fetch critical
          HTTP/1.1 204 No Content|                                               > fetch critical
          HTTP/1.1 503 Service Unavailable|                                      > gap
          HTTP/1.1 429 Too Many Requests|                                        > gap
          SSH-2.0-OpenSSH|                                                       > fetch critical
          """)
  void judgesHowThePolicyIsServed(String head, @Nullable String violated) {
    server.says(head.strip().replace("|", "\r\n") + "\r\n" + policy("enforce"));

    assertThat(violated(look(zone()))).isEqualTo(violated == null ? "" : violated);
  }

  // mode, mx patterns | certificate of the MX host | violated
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          enforce mx.contoso.test                 | right    |
          enforce *.contoso.test                  | right    |
          enforce mx.other.test                   | right    | mx-cover critical, mx-extra info
          testing mx.other.test                   | right    | mx-cover warning, mx-extra info
          none mx.other.test                      | wrong    |
          enforce mx.contoso.test old.contoso.test| right    | mx-extra info
          enforce *.contoso.test                  | wrong    | cert critical
          testing *.contoso.test                  | wrong    | cert warning
          enforce *.contoso.test                  | cn       | cert critical
          enforce *.contoso.test                  | stranger | cert critical
          enforce *.contoso.test                  | none     | cert critical
          enforce *.contoso.test                  | old      | cert critical
          enforce *.contoso.test                  | cut      | gap
          strict *.contoso.test                   | right    | policy critical
          """)
  void judgesPolicyAndMailHosts(String policy, String certificate, @Nullable String violated) {
    var words = policy.strip().split(" ", -1);
    server.serves(policy(words[0], java.util.Arrays.copyOfRange(words, 1, words.length)));
    tls =
        switch (certificate.strip()) {
          case "right" -> handshake(MAIL);
          case "wrong" -> handshake(CA.leaf("mail.contoso.test"));
          case "cn" -> handshake(CA.leaf(TestCa.wish("mx.contoso.test").dnsNames()));
          case "stranger" -> handshake(TestCa.root("Stranger").leaf("mx.contoso.test"));
          case "none" -> new SmtpLook.NotOffered();
          case "old" -> new SmtpLook.NoHandshake(true, "protocol_version");
          default -> new SmtpLook.Interrupted("it closed the connection");
        };

    assertThat(violated(look(zone()))).isEqualTo(violated == null ? "" : violated);
  }

  // zone, + between, without the usual lines for mta-sts and MX | violated
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          contoso.test MX 10 mx.contoso.test                                                                  | fetch critical
          mta-sts.contoso.test MX 10 x.test                                                                   | fetch critical
          mta-sts.contoso.test A timeout + contoso.test MX 10 mx.contoso.test                                 | gap, gap
          mta-sts.contoso.test CNAME contoso.gone.test                                                        | cdn critical, fetch critical
          mta-sts.contoso.test CNAME host.provider.test + host.provider.test A 127.0.0.1 + contoso.test MX 10 mx.contoso.test + mx.contoso.test A 192.0.2.1 |
          mta-sts.contoso.test A 127.0.0.1 + contoso.test MX timeout                                          | gap
          mta-sts.contoso.test A 127.0.0.1 + contoso.test A 192.0.2.1                                         | mx-cover critical, mx-extra info, cert critical
          mta-sts.contoso.test A 127.0.0.1 + contoso.test MX 10 mx.contoso.test + mx.contoso.test A timeout   | gap
          """)
  void judgesWhatTheZoneSays(String records, @Nullable String violated) {
    var dns = ListedDns.of(RECORD);
    for (var line : records.split("\\+", -1)) {
      dns.add(line);
    }

    assertThat(violated(look(dns))).isEqualTo(violated == null ? "" : violated);
  }

  // zone, + between | violated, where nobody said that private addresses are meant
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          mta-sts.contoso.test A 127.0.0.1                                          |
          mta-sts.contoso.test A 10.0.0.1 + mta-sts.contoso.test AAAA fd00::1       |
          mta-sts.contoso.test A 127.0.0.1 + mta-sts.contoso.test AAAA timeout      | gap, gap
          """)
  void aPrivateAddressIsNotLookedAtWhichIsNobodysFault(String records, @Nullable String violated) {
    allowsPrivate = false;
    var dns = ListedDns.of(RECORD, "contoso.test MX 10 mx.contoso.test");
    for (var line : records.split("\\+", -1)) {
      dns.add(line);
    }

    var judgement = look(dns);
    assertThat(violated(judgement)).isEqualTo(violated == null ? "" : violated);
    assertThat(judgement.hides(new Finding.Key("mtasts.fetch", "contoso.test"))).isTrue();
    assertThat(server.requests()).isEmpty();
  }

  /** The same over real UDP, TCP and TLS. */
  @Test
  void aPolicyBehindAliasesIsFetchedByOurOwnDns() {
    try (var names =
            NameServer.start()
                .add(
                    "_mta-sts.contoso.test CNAME contoso.sts.provider.test",
                    "contoso.sts.provider.test TXT v=STSv1; id=1",
                    "mta-sts.contoso.test CNAME web.provider.test",
                    "web.provider.test A 127.0.0.1",
                    "contoso.test MX 10 mx.contoso.test",
                    "mx.contoso.test A 192.0.2.1");
        var door = new DnsDoor(DnsSettings.only(List.of(DnsServer.parse(names.hostAndPort()))))) {
      var fresh = door.fresh(Deadline.after(Duration.ofSeconds(20)));
      var judgement = look(fresh, Memory.NOTHING);

      assertThat(violated(judgement)).isEmpty();
      assertThat(judgement.facts().toString()).contains("id=1", "mode=enforce");

      server.presents(CA.leaf("web.provider.test"));
      assertThat(look(fresh, Memory.NOTHING).findings())
          .singleElement()
          .matches(finding -> finding.cause().equals("web.provider.test"));

      names.remove("web.provider.test");
      assertThat(violated(look(fresh, Memory.NOTHING))).isEqualTo("cdn critical, fetch critical");
    }
  }

  @Test
  void whatIsTooLargeOrSilentIsToldApart() {
    server.serves(policy("enforce") + "x: y\r\n".repeat(20_000));
    assertThat(violated(look(zone()))).isEqualTo("fetch critical");

    server.drips("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", 50);
    assertThat(violated(look(zone()))).isEqualTo("gap");
  }

  @Test
  void aWrongCertificateOfThePolicyHostIsAFact() {
    server.presents(CA.leaf("www.contoso.test"));

    var judgement = look(zone());

    assertThat(judgement.findings())
        .singleElement()
        .matches(finding -> finding.rule().equals(StsRules.FETCH))
        .matches(
            finding ->
                finding
                    .message()
                    .equals(
                        "senders cannot fetch the MTA-STS policy of contoso.test: its certificate is not for mta-sts.contoso.test but for www.contoso.test"))
        .matches(finding -> finding.cause().equals("mta-sts.contoso.test"));
  }

  @Test
  void theFactsAreThere() {
    var judgement = look(zone());

    assertThat(judgement.outcome()).isEqualTo(Outcome.OBSERVED);
    assertThat(judgement.facts()).containsEntry("id", "1");
    assertThat((Map<?, ?>) judgement.facts().get("policy"))
        .extracting(map -> List.of(map.get("mode"), map.get("maxAge"), map.get("mx")))
        .isEqualTo(List.of("enforce", 2592000L, List.of("mx.contoso.test")));
    assertThat(judgement.records().get(POLICY_RECORD))
        .startsWith("id=1 mode=enforce max_age=2592000 sha256=")
        .endsWith(" mx=mx.contoso.test");
  }

  @Test
  void withoutARecordOneQuestionIsAsked() {
    var dns = ListedDns.of("contoso.test MX 10 mx.contoso.test");
    var world = new World(dns);

    var judgement = PROBE.judge(CONTOSO, PROBE.observe(CONTOSO, world), Context.at(Instant.now()));

    assertThat(dns.asked()).hasSize(1);
    assertThat(server.requests()).isEmpty();
    assertThat(judgement.outcome()).isEqualTo(Outcome.ABSENT);
    assertThat(violated(judgement)).isEmpty();
  }

  @Test
  void whoeverSkipsTlsDoesNotWantMailHostsToBeContacted() {
    var world = new World(zone());

    PROBE.observe(CONTOSO.skip(Set.of("tls")), world);

    assertThat(server.requests()).hasSize(1);
    assertThat(world.mailHosts).isEmpty();
  }

  @Test
  void aShortLifeIsGraded() {
    for (var expected : Map.of(3_600, "max-age warning", 90_000, "max-age info").entrySet()) {
      server.serves(policy("enforce").replace("2592000", expected.getKey().toString()));
      assertThat(violated(look(zone()))).isEqualTo(expected.getValue());
    }
  }

  private static Memory remembering(
      String accepted, String last, @Nullable Instant since, String announced) {
    return record ->
        MtaStsProbe.isPolicy(record)
            ? Optional.of(new Memory.Past(Optional.of(accepted), last, Optional.ofNullable(since)))
            : Optional.of(
                new Memory.Past(
                    Optional.of("v=STSv1; id=1"), announced, Optional.ofNullable(since)));
  }

  @Test
  void bodyAndIdMustChangeTogether() {
    var before = String.valueOf(look(zone()).records().get(POLICY_RECORD));
    var memory = remembering(before, before, null, "v=STSv1; id=1");

    assertThat(violated(look(zone(), memory))).isEmpty();

    server.serves(policy("enforce", "mx.contoso.test", "*.contoso.test"));
    assertThat(violated(look(zone(), memory))).isEqualTo("id-sync critical");

    var renamed =
        ListedDns.of(
            "_mta-sts.contoso.test TXT v=STSv1; id=2",
            "mta-sts.contoso.test A 127.0.0.1",
            "contoso.test MX 10 mx.contoso.test",
            "mx.contoso.test A 192.0.2.1");
    assertThat(violated(look(renamed, memory))).isEmpty();
    server.serves(policy("enforce"));
    assertThat(violated(look(renamed, memory))).isEqualTo("id-sync info");
  }

  @Test
  void testingForMonthsIsStuck() {
    server.serves(policy("testing"));
    var value = String.valueOf(look(zone()).records().get(POLICY_RECORD));

    assertThat(violated(look(zone(), remembering(value, value, null, "x")))).isEmpty();
    assertThat(
            violated(
                look(
                    zone(),
                    remembering(value, value, Instant.now().minus(Duration.ofDays(89)), "x"))))
        .isEmpty();
    assertThat(
            violated(
                look(
                    zone(),
                    remembering(value, value, Instant.now().minus(Duration.ofDays(91)), "x"))))
        .isEqualTo("mode-stuck info");
  }

  @Test
  void removalIsCriticalUntilSendersHaveForgotten() {
    var enforced = "id=1 mode=enforce max_age=604800 sha256=00 mx=mx.contoso.test";
    var nothing = ListedDns.of("contoso.test MX 10 mx.contoso.test");

    assertThat(look(nothing, remembering(enforced, enforced, null, "v=STSv1; id=1")).findings())
        .singleElement()
        .matches(finding -> finding.rule().equals(StsRules.REMOVAL))
        .extracting(Finding::remedy)
        .asString()
        .contains("mode: none", "id=1x");
    assertThat(
            violated(
                look(
                    nothing,
                    remembering(enforced, enforced, Instant.now().minus(Duration.ofDays(6)), ""))))
        .isEqualTo("removal critical");
    assertThat(
            violated(
                look(
                    nothing,
                    remembering(enforced, enforced, Instant.now().minus(Duration.ofDays(8)), ""))))
        .isEmpty();
    var none = enforced.replace("enforce", "none");
    assertThat(violated(look(nothing, remembering(none, none, null, "")))).isEmpty();
    assertThat(violated(look(nothing))).isEmpty();
  }
}
