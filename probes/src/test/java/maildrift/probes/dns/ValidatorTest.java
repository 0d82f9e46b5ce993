package maildrift.probes.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import maildrift.probes.Deadline;
import maildrift.probes.dns.server.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValidatorTest {
  private static final Instant NOW = Instant.parse("2026-11-21T17:00:00Z");
  private static final DnsName CONTOSO = DnsName.of("contoso.test");

  private final FakeDns dns = FakeDns.serving();

  /** {@code test} is signed; so is contoso.test below it, and plain.test is not. */
  private SignedZone world() {
    return world(SignedZone.of("contoso.test", NOW));
  }

  private SignedZone world(SignedZone contoso) {
    contoso
        .add(
            "contoso.test NS ns.contoso.test",
            "contoso.test MX 10 mx.contoso.test",
            "contoso.test TXT \"v=spf1 -all\"",
            "mx.contoso.test A 192.0.2.1",
            "alias.contoso.test CNAME mx.contoso.test",
            "_25._tcp.mx.contoso.test TLSA 3 1 1 " + "ab".repeat(32))
        .into(dns.server());
    dns.add("plain.test MX 10 mx.plain.test");
    return SignedZone.of("test", NOW).delegate(contoso).delegate("plain.test").into(dns.server());
  }

  private Secured look(SignedZone anchor, String name, RecordType type) {
    return look(settings(anchor), DnsName.of(name), type, NOW);
  }

  private static DnssecSettings settings(SignedZone anchor) {
    return DnssecSettings.DEFAULT.anchors(anchor.anchor());
  }

  private Secured look(DnssecSettings settings, DnsName name, RecordType type, Instant now) {
    try (var door = door(settings)) {
      return door.dnssec(Deadline.after(Duration.ofSeconds(20))).look(name, type, now);
    }
  }

  private DnsDoor door(DnssecSettings settings) {
    return new DnsDoor(
        DnsSettings.only(List.of(DnsServer.parse(dns.hostAndPort())))
            .timeout(Duration.ofMillis(500))
            .dnssec(settings));
  }

  // name | type | status
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          contoso.test              | MX    | secure
          contoso.test              | TXT   | secure
          contoso.test              | SOA   | secure
          contoso.test              | DS    | secure
          contoso.test              | CAA   | secure
          mx.contoso.test           | A     | secure
          mx.contoso.test           | AAAA  | secure
          alias.contoso.test        | A     | secure
          nowhere.contoso.test      | A     | secure
          _25._tcp.mx.contoso.test  | TLSA  | secure
          plain.test                | MX    | insecure
          plain.test                | DS    | secure
          nowhere.test              | MX    | secure
          """)
  void followsTheChainFromTheAnchor(String name, RecordType type, String status) {
    var secured = look(world(), name, type);

    assertThat(secured.security().word()).as("%s", secured).isEqualTo(status);
    assertThat(secured.by()).isEqualTo(Secured.OURSELVES);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 13, 15})
  void knowsTheAlgorithmsInUse(int algorithm) {
    var test = world(SignedZone.by(algorithm, "contoso.test", NOW));

    assertThat(look(test, "contoso.test", RecordType.MX).isSecure()).isTrue();
  }

  @Test
  void aRecordThatWasChangedBehindItsSignatureIsBogus() {
    var test = world();
    dns.set("contoso.test MX 10 mx.stranger.test");

    var secured = look(test, "contoso.test", RecordType.MX);

    assertThat(secured.security()).isInstanceOf(Security.Bogus.class);
    assertThat(secured.answer().records(Rdata.Mx.class))
        .containsExactly(new Rdata.Mx(10, DnsName.of("mx.stranger.test")));
    assertThat(look(test, "contoso.test", RecordType.TXT).isSecure()).isTrue();
  }

  @Test
  void aDenialWithoutProofIsBogus() {
    var test = world();
    dns.remove("mx.contoso.test", "NSEC");

    assertThat(look(test, "mx.contoso.test", RecordType.AAAA).security())
        .isInstanceOf(Security.Bogus.class);
  }

  @Test
  void recordsWithoutTheirSignaturesAreBogusInASignedZone() {
    var test = world();
    dns.remove("contoso.test", "RRSIG");

    assertThat(look(test, "contoso.test", RecordType.MX).security())
        .isInstanceOf(Security.Bogus.class);
  }

  @Test
  void theClockIsTheLooks() {
    var settings = settings(world());
    var month = Duration.ofDays(31);

    assertThat(look(settings, CONTOSO, RecordType.MX, NOW).isSecure()).isTrue();
    assertThat(look(settings, CONTOSO, RecordType.MX, NOW.plus(month)).security().word())
        .isEqualTo("bogus");
    assertThat(look(settings, CONTOSO, RecordType.MX, NOW.minus(month)).security().word())
        .isEqualTo("bogus");
  }

  @Test
  void theDatesOfSignaturesAreKnown() {
    var secured = look(world(), "contoso.test", RecordType.MX);

    assertThat(secured.signatures())
        .contains(
            new Signature(
                CONTOSO,
                "MX",
                13,
                secured.signatures().getFirst().keyTag(),
                CONTOSO,
                NOW.minus(Duration.ofDays(1)),
                NOW.plus(Duration.ofDays(30)),
                secured.signatures().getFirst().originalTtl()));
    assertThat(secured.signatures().getFirst().originalTtl()).isPositive();
  }

  @Test
  void aDsRecordOfAnotherKeyMakesTheZoneBogus() {
    var contoso = SignedZone.of("contoso.test", NOW).add("contoso.test MX 10 mx.contoso.test");
    contoso.into(dns.server());
    var test = SignedZone.of("test", NOW).delegateWrongly(contoso).into(dns.server());

    assertThat(look(test, "contoso.test", RecordType.MX).security())
        .isInstanceOf(Security.Bogus.class);
  }

  // what does not answer | fault; nothing of it is bogus
  @ParameterizedTest
  @CsvSource({
    "contoso.test, SERVFAIL",
    "contoso.test, REFUSED",
    "contoso.test, SILENT",
    "test, SERVFAIL",
    "test, SILENT"
  })
  void anOutageIsNotBogus(String name, Fault fault) {
    var test = world();
    dns.fault(name, fault);

    assertThat(look(test, "contoso.test", RecordType.MX).security())
        .isInstanceOf(Security.Unseen.class);
  }

  @Test
  void truncatedAnswersAreFetchedOverTcp() {
    var test = world();
    dns.server().faults(Fault.TRUNCATED);

    assertThat(look(test, "contoso.test", RecordType.MX).isSecure()).isTrue();
  }

  @Test
  void withoutAnAnchorWhatHasNoSignaturesIsInsecureAndWhatHasThemIsNotKnown() {
    world();
    var other = settings(SignedZone.of("elsewhere", NOW));

    assertThat(look(other, CONTOSO, RecordType.MX, NOW).security())
        .isInstanceOf(Security.Indeterminate.class);
    assertThat(look(other, DnsName.of("plain.test"), RecordType.MX, NOW).security())
        .isInstanceOfSatisfying(
            Security.Insecure.class, insecure -> assertThat(insecure.proven()).isFalse());
  }

  @Test
  void aWorldWithoutASignedRootIsInsecureThereAndNoGap() {
    dns.add("contoso.test MX 10 mx.contoso.test");

    var secured = look(DnssecSettings.DEFAULT, CONTOSO, RecordType.MX, NOW);

    assertThat(secured.security())
        .isEqualTo(new Security.Insecure(false, "there are neither signatures nor a DS record"));
  }

  @Test
  void theWordOfAResolverOnThisMachineCountsWhereTheRootsKeysCannotBeHad() {
    world();
    dns.server().authenticated(true);

    var secured = look(DnssecSettings.DEFAULT, CONTOSO, RecordType.MX, NOW);

    assertThat(secured.isSecure()).isTrue();
    assertThat(secured.by()).isEqualTo("resolver " + dns.hostAndPort());
  }

  @Test
  void aTrustedResolverIsBelieved() {
    dns.add("contoso.test MX 10 mx.contoso.test");
    var trusting = DnssecSettings.DEFAULT.trusting(DnsServer.parse(dns.hostAndPort()));

    assertThat(look(trusting, CONTOSO, RecordType.MX, NOW).security().word()).isEqualTo("insecure");
    dns.server().authenticated(true);
    assertThat(look(trusting, CONTOSO, RecordType.MX, NOW))
        .matches(Secured::isSecure)
        .matches(secured -> secured.by().equals("resolver " + dns.hostAndPort()));
    dns.fault("contoso.test", Fault.SERVFAIL);
    assertThat(look(trusting, CONTOSO, RecordType.MX, NOW).security())
        .isInstanceOf(Security.Unseen.class);
  }

  @Test
  void whatATrustedResolverWithholdsUnlessToldNotToCheckIsBogus() {
    dns.add("contoso.test MX 10 mx.contoso.test").fault("contoso.test", Fault.BOGUS);
    var trusting = DnssecSettings.DEFAULT.trusting(DnsServer.parse(dns.hostAndPort()));

    var secured = look(trusting, CONTOSO, RecordType.MX, NOW);

    assertThat(secured.security()).isInstanceOf(Security.Bogus.class);
    assertThat(secured.answer()).isInstanceOf(Answer.Found.class);

    // It says itself that it could not reach anybody for the keys.
    dns.server().extendedError(22);
    assertThat(look(trusting, CONTOSO, RecordType.MX, NOW).security())
        .isInstanceOf(Security.Unseen.class);
  }

  @Test
  void theChainIsAskedForOnceForAllDomains() {
    var test = world();
    try (var door = door(settings(test))) {
      for (var i = 0; i < 5; i++) {
        var look = door.dnssec(Deadline.after(Duration.ofSeconds(20)));
        assertThat(look.look(CONTOSO, RecordType.MX, NOW).isSecure()).isTrue();
      }
    }

    assertThat(dns.asked("test", "DNSKEY")).isEqualTo(1);
    assertThat(dns.asked("contoso.test", "DS")).isEqualTo(1);
    assertThat(dns.asked("contoso.test", "DNSKEY")).isEqualTo(1);
  }

  /** Past what is kept of messages, but with what was proved of them. */
  @Test
  void whatWasProvedHoldsUntilAMessageChangesOrASignatureEnds() {
    var settings = settings(world());
    try (var door =
        new DnsDoor(
            DnsSettings.only(List.of(DnsServer.parse(dns.hostAndPort())))
                .maxAge(Duration.ZERO)
                .dnssec(settings))) {
      var right = look(door, NOW);
      assertThat(right.word()).isEqualTo("secure");
      assertThat(look(door, NOW.plusSeconds(1))).isEqualTo(right);

      dns.set("contoso.test MX 10 mx.stranger.test");
      var wrong = look(door, NOW);
      assertThat(wrong.word()).isEqualTo("bogus");
      assertThat(look(door, NOW.plusSeconds(1))).isEqualTo(wrong);

      dns.set("contoso.test MX 10 mx.contoso.test");
      assertThat(look(door, NOW)).isEqualTo(right);
      var end = NOW.plus(Duration.ofDays(30));
      assertThat(look(door, end).word()).isEqualTo("secure");
      assertThat(look(door, end.plusSeconds(1)).word()).isEqualTo("bogus");
      assertThat(look(door, end).word()).isEqualTo("secure");

      dns.server().fault("test", Fault.SERVFAIL);
      assertThat(look(door, NOW).word()).isEqualTo("unobservable");
    }
  }

  private static Security look(DnsDoor door, Instant now) {
    return door.dnssec(Deadline.after(Duration.ofSeconds(20)))
        .look(CONTOSO, RecordType.MX, now)
        .security();
  }

  @Test
  void readsAnchorFiles() {
    var text =
        """
        ; comment
        . 86400 IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D ; KSK-2017

        . IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16
        """;

    assertThat(DnssecSettings.DEFAULT.anchors(text).anchors()).hasSize(2);
    for (var wrong :
        List.of("", "; nothing", "lab.test. IN A 192.0.2.1", "nonsense", ". IN DS x")) {
      assertThatIllegalArgumentException()
          .as(wrong)
          .isThrownBy(() -> DnssecSettings.DEFAULT.anchors(wrong));
    }
  }
}
