package maildrift.probes.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import maildrift.probes.Deadline;
import maildrift.probes.dns.server.Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two name servers of one zone, found over the delegation that a resolver tells of. */
class AuthoritiesTest {
  private static final DnsName CONTOSO = DnsName.of("contoso.test");
  private static final Question MX = new Question(CONTOSO, RecordType.MX);

  private final FakeDns resolver =
      FakeDns.serving(
          "contoso.test 300 NS ns1.contoso.test",
          "contoso.test 300 NS ns2.contoso.test",
          "ns1.contoso.test A 127.0.0.2",
          "ns2.contoso.test A 127.0.0.3",
          "contoso.test 300 MX 5 stale.contoso.test");
  private FakeDns one = resolver;
  private FakeDns two = resolver;
  private DnsDoor door = new DnsDoor(settings());

  private DnsSettings settings() {
    return DnsSettings.of(List.of(server(resolver))).timeout(Duration.ofSeconds(1));
  }

  private static DnsServer server(FakeDns fake) {
    return DnsServer.parse(fake.hostAndPort());
  }

  @BeforeEach
  void open() {
    one = FakeDns.at("127.0.0.2", 0);
    two = FakeDns.at("127.0.0.3", one.address().getPort());
    serve("contoso.test 3600 SOA ns1.contoso.test admin.contoso.test 1 2 3 4 300");
    serve("contoso.test 3600 MX 10 mx.contoso.test");
    door.close();
    door = new DnsDoor(settings(), one.address().getPort());
  }

  private void serve(String line) {
    one.add(line);
    two.add(line);
  }

  @AfterEach
  void close() {
    door.close();
    resolver.close();
    one.close();
    two.close();
  }

  private Answer ask(Question question) {
    return door.authoritative(Deadline.after(Duration.ofSeconds(10))).ask(question);
  }

  @Test
  void whatTheZonesServersAgreeOnIsTheAnswer() {
    var found = (Answer.Found) ask(MX);

    assertThat(found.records()).containsExactly(new Rdata.Mx(10, DnsName.of("mx.contoso.test")));
    assertThat(found.ttl()).hasSeconds(3600);
    assertThat(found.validated()).isFalse();
    assertThat(one.server().connections()).isEqualTo(1);
    assertThat(two.server().connections()).isEqualTo(1);
    assertThat(one.server().datagrams()).isZero();
  }

  @Test
  void theZoneIsFoundFromBelow() {
    serve("default._domainkey.contoso.test 60 TXT v=DKIM1; p=");

    assertThat(
            ask(new Question(CONTOSO.child("default._domainkey"), RecordType.TXT))
                .records(Rdata.Txt.class))
        .hasSize(1);
    assertThat(ask(new Question(CONTOSO.child("gone"), RecordType.TXT)))
        .isInstanceOf(Answer.NoSuchName.class);
  }

  @Test
  void serversThatContradictEachOtherAreNoAnswer() {
    two.remove("contoso.test", "MX");

    var answer = (Answer.Unanswered) ask(MX);

    assertThat(answer.failure()).isEqualTo(Answer.Failure.INCONSISTENT);
    assertThat(answer.why())
        .isEqualTo(
            "the name servers contradict each other on contoso.test MX:"
                + " ns1.contoso.test (%s) says 10 mx.contoso.test; ns2.contoso.test (%s) says there is none"
                    .formatted(one.hostAndPort(), two.hostAndPort()));
  }

  private void resolvers(FakeDns... all) {
    door.close();
    door =
        new DnsDoor(
            DnsSettings.of(java.util.Arrays.stream(all).map(AuthoritiesTest::server).toList())
                .timeout(Duration.ofSeconds(1)),
            one.address().getPort());
  }

  @Test
  void aResolverThatDeniesEverythingDoesNotHideTheZonesServers() {
    try (var liar = FakeDns.serving().faults(Fault.DENIES)) {
      resolvers(resolver, liar);

      assertThat(ask(MX).records(Rdata.Mx.class)).hasSize(1);
    }
  }

  @Test
  void whereNoServerOfTheZoneAnswersMoreThanHalfOfTheResolversMustAgree() {
    one.faults(Fault.CLOSED_TCP);
    two.faults(Fault.CLOSED_TCP);
    try (var honest = FakeDns.serving("contoso.test 300 MX 5 stale.contoso.test");
        var liar = FakeDns.serving().faults(Fault.DENIES)) {
      resolvers(resolver, honest, liar);
      var looked = door.authoritative(Deadline.after(Duration.ofSeconds(10)));

      assertThat(looked.ask(MX).records(Rdata.Mx.class))
          .containsExactly(new Rdata.Mx(5, DnsName.of("stale.contoso.test")));
      assertThat(looked.secondHand()).containsExactly(MX);

      resolvers(resolver, liar);
      assertThat(((Answer.Unanswered) ask(MX)).failure()).isEqualTo(Answer.Failure.DISPUTED);
    }
  }

  @Test
  void whoeverConfirmsIsNotWhoWasAskedFirst() {
    try (var liar = FakeDns.serving().faults(Fault.DENIES)) {
      resolvers(liar, resolver);
      var deadline = Deadline.after(Duration.ofSeconds(10));

      assertThat(door.cached(deadline).ask(MX).isAbsent()).isTrue();
      assertThat(door.fresh(deadline).ask(MX).records(Rdata.Mx.class)).hasSize(1);
    }
  }

  @Test
  void oneThatDoesNotAnswerDoesNotContradict() {
    for (var fault :
        List.of(Fault.SERVFAIL, Fault.REFUSED, Fault.CLOSED_TCP, Fault.MUTE_TCP, Fault.REFERRAL)) {
      two.faults(fault);
      assertThat(ask(MX).records(Rdata.Mx.class)).as("with %s", fault).hasSize(1);
    }
  }

  @Test
  void anOpenResolverThatDoesNotServeTheZoneIsNotBelieved() {
    two.server().authoritative(false);
    two.remove("contoso.test", "MX");

    assertThat(ask(MX).records(Rdata.Mx.class)).hasSize(1);
  }

  @Test
  void withoutAnyTheResolversAreAskedAfresh() {
    one.faults(Fault.REFUSED);
    two.faults(Fault.REFUSED);
    assertThat(ask(MX).records(Rdata.Mx.class)).extracting(Rdata.Mx::preference).containsExactly(5);

    resolver.remove("contoso.test", "NS");
    assertThat(ask(MX).records(Rdata.Mx.class)).extracting(Rdata.Mx::preference).containsExactly(5);
  }

  @Test
  void deadServersAreWaitedForOnceALook() {
    one.faults(Fault.MUTE_TCP);
    two.faults(Fault.MUTE_TCP);
    var look = door.authoritative(Deadline.after(Duration.ofSeconds(5)));

    for (var i = 0; i < 10; i++) {
      assertThat(look.ask(MX).records(Rdata.Mx.class))
          .extracting(Rdata.Mx::preference)
          .containsExactly(5);
    }
    assertThat(one.server().connections()).isEqualTo(1);
    assertThat(two.server().connections()).isEqualTo(1);

    one.heal();
    two.heal();
    assertThat(ask(MX).records(Rdata.Mx.class))
        .extracting(Rdata.Mx::preference)
        .containsExactly(10);
  }

  @Test
  void theOthersAreStillAskedWhenOneIsDead() {
    two.close();
    var look = door.authoritative(Deadline.after(Duration.ofSeconds(10)));

    for (var i = 0; i < 3; i++) {
      assertThat(look.ask(MX).records(Rdata.Mx.class))
          .extracting(Rdata.Mx::preference)
          .containsExactly(10);
    }
    assertThat(one.server().connections()).isEqualTo(3);
    assertThat(door.stats().failures(Answer.Failure.NETWORK)).isEqualTo(1);
  }

  @Test
  void aServerThatRefusesOneQuestionIsAskedTheNext() {
    two.faults(Fault.REFUSED);
    var look = door.authoritative(Deadline.after(Duration.ofSeconds(10)));
    assertThat(look.ask(MX).records(Rdata.Mx.class)).hasSize(1);

    two.heal();
    two.remove("contoso.test", "MX");
    assertThat(look.ask(MX)).isInstanceOf(Answer.Unanswered.class);
  }

  @Test
  void configuredServersComeBeforeTheDelegation() {
    door.close();
    door =
        new DnsDoor(
            settings()
                .authoritative(
                    Map.of(
                        DnsName.of("test"), List.of(server(one)), CONTOSO, List.of(server(two)))));
    two.set("contoso.test 60 MX 30 two.contoso.test");

    assertThat(ask(MX).records(Rdata.Mx.class))
        .extracting(Rdata.Mx::preference)
        .containsExactly(30);
    assertThat(resolver.asked("contoso.test", "NS")).isZero();
  }

  @Test
  void aChainIntoAnotherZoneIsFollowedThere() {
    serve("s1._domainkey.contoso.test 60 CNAME s1.provider.test");
    serve("s1.provider.test 60 TXT not theirs to say");
    resolver.add("s1.provider.test 60 TXT v=DKIM1; p=");

    var found = (Answer.Found) ask(new Question(CONTOSO.child("s1._domainkey"), RecordType.TXT));

    assertThat(found.records()).containsExactly(Rdata.Txt.of("v=DKIM1; p="));
    assertThat(found.aliases()).containsExactly(DnsName.of("s1.provider.test"));
  }

  @Test
  void aServerThatWasSilentForSeveralZonesIsLeftInPeaceButForAConfirmation() {
    two.faults(Fault.SILENT);
    var servers = List.of(server(one), server(two));
    for (var zone : List.of("a.test", "b.test")) {
      assertThat(lookAt(door.nameServers(soon()), zone, servers))
          .as(zone)
          .first()
          .isNotInstanceOf(Said.Unheard.class);
    }
    var asked = two.server().datagrams();

    var unasked = lookAt(door.nameServers(soon()), "c.test", servers);
    assertThat(unasked.getFirst()).isNotInstanceOf(Said.Unheard.class);
    assertThat(unasked.getLast())
        .isEqualTo(
            new Said.Unheard(
                Answer.Failure.TIMEOUT, "not asked: it was silent for other zones minutes ago"));
    assertThat(two.server().datagrams()).isEqualTo(asked);

    two.heal();
    assertThat(lookAt(door.freshNameServers(soon()), "d.test", servers).getLast())
        .isNotInstanceOf(Said.Unheard.class);
    assertThat(lookAt(door.nameServers(soon()), "e.test", servers).getLast())
        .isNotInstanceOf(Said.Unheard.class);
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(10));
  }

  /** What each server says over UDP. */
  private static List<Said> lookAt(NameServers way, String zone, List<DnsServer> servers) {
    var name = DnsName.of(zone);
    return way.ask(name, servers, List.of(new Question(name, RecordType.SOA))).stream()
        .map(look -> look.overUdp().getFirst())
        .toList();
  }

  @Test
  void withDelegationOffNobodyElseIsAsked() {
    door.close();
    door = new DnsDoor(DnsSettings.only(List.of(server(resolver))));

    assertThat(ask(MX).records(Rdata.Mx.class)).extracting(Rdata.Mx::preference).containsExactly(5);
    assertThat(resolver.asked("contoso.test", "NS")).isZero();
  }
}
