package maildrift.probes.conversation;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.ListedDns;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.GatewaySettings;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.network.Cidr;
import maildrift.probes.smtp.FakeSmtp;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.smtp.SmtpDoor;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.smtp.SmtpSettings;
import maildrift.probes.smtp.Trial;
import maildrift.probes.smtp.Tried;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Port 25 of a gateway that only its provider may reach. */
final class PortsTest {
  private static final SmtpProbe PROBE = new SmtpProbe();
  private static final String SUBJECT = "gw.house.test:25";

  private static ManagedDomain behind(Optional<GatewaySettings.OnlyFrom> onlyFrom) {
    var gateway =
        new Gateway(
                "gw",
                DnsName.of("gw.house.test"),
                List.of(),
                25,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of())
            .settings(
                onlyFrom.map(GatewaySettings.NOTHING::onlyFrom).orElse(GatewaySettings.NOTHING));
    return ManagedDomain.undeclared(DnsName.of("contoso.test")).gateways(List.of(gateway));
  }

  private static ManagedDomain only(String network, String... names) {
    return behind(
        Optional.of(
            new GatewaySettings.OnlyFrom(
                List.of(network),
                List.of(Cidr.parse(network)),
                List.of(names).stream().map(DnsName::of).toList())));
  }

  private static String violated(Judgement judgement) {
    return judgement.findings().stream()
        .map(found -> found.rule().id() + " " + found.subject())
        .collect(joining(", "));
  }

  @ParameterizedTest
  @CsvSource({
    "198.51.100.0/24, smtp.port-open gw.house.test:25",
    "192.0.2.0/24, ''",
  })
  void aPortThatAnswersIsFoundUnlessWeStandWhereOthersMay(String network, String violated) {
    var world = new World(new Tried.Done("192.0.2.99"));

    var judgement = world.judge(only(network));

    assertThat(violated(judgement)).isEqualTo(violated);
    assertThat(judgement.gaps()).isEmpty();
    assertThat(judgement.asides()).isEmpty();
  }

  @Test
  void weStandInsideWhereAnSpfNameSaysSo() {
    var world = new World(new Tried.Done("192.0.2.99"));
    world.dns.add("_spf.provider.test TXT v=spf1 ip4:192.0.2.0/24 -all");

    assertThat(violated(world.judge(only("198.51.100.0/24", "_spf.provider.test")))).isEmpty();
  }

  @Test
  void whereTheNameIsNotAnsweredForNothingIsSaidAndNothingResolved() {
    var world = new World(new Tried.Done("192.0.2.99"));
    world.dns.add("_spf.provider.test TXT timeout");

    var judgement = world.judge(only("198.51.100.0/24", "_spf.provider.test"));

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.hides(new Finding.Key("smtp.port-open", SUBJECT))).isTrue();
  }

  @Test
  void aPortThatDoesNotAnswerIsFineAndNoGap() {
    var judgement = new World(new Tried.Declined("no answer in time")).judge(only("192.0.2.0/24"));

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.gaps()).isEmpty();
    assertThat(judgement.asides()).isEmpty();
    assertThat(PROBE.rules())
        .filteredOn(rule -> PROBE.looksAt(rule, judgement))
        .extracting(rule -> rule.id())
        .contains("smtp.port-open");
  }

  @Test
  void aPortThatCouldNotBeTriedHidesTheRule() {
    var judgement = new World(new Tried.Unseen("no turn")).judge(only("192.0.2.0/24"));

    assertThat(judgement.hides(new Finding.Key("smtp.port-open", SUBJECT))).isTrue();
    assertThat(judgement.outcome()).isEqualTo(Outcome.UNOBSERVABLE);
    assertThat(PROBE.looksAt(SmtpRules.PORT_OPEN, judgement)).isFalse();
  }

  @Test
  void nothingIsTriedUnlessItIsDeclared() {
    var world = new World(new Tried.Done("192.0.2.99"));

    assertThat(violated(world.judge(behind(Optional.empty())))).isEmpty();
    assertThat(world.attempts).isEmpty();
    assertThat(world.looked).hasSize(1);
  }

  @Test
  void suchAGatewayIsNotSpokenToUnlessItIsTheMx() {
    var closed = new World(new Tried.Declined("no"));
    closed.judge(only("192.0.2.0/24"));
    assertThat(closed.looked).isEmpty();
    assertThat(closed.attempts).hasSize(1);

    var mx = new World(new Tried.Declined("no"));
    mx.dns.add("contoso.test MX 10 gw.house.test");
    mx.judge(only("192.0.2.0/24"));
    assertThat(mx.looked).isNotEmpty();
  }

  @Test
  void theConnectionSaysNothing() {
    var heard = new ArrayList<String>();
    try (var server =
        FakeSmtp.of(
            peer -> {
              peer.say("220 gw ESMTP\r\n");
              for (var line = peer.line(); !line.isEmpty(); line = peer.line()) {
                heard.add(line);
              }
            })) {
      var door = new SmtpDoor(SmtpSettings.DEFAULT.allowPrivate(true));

      assertThat(
              door.attempt(
                  List.of(new Smtp.Attempt(server.target(), Trial.PORT, Optional.empty()))))
          .containsExactly(new Tried.Done("127.0.0.1"));
    }
    assertThat(heard).isEmpty();
  }

  @Test
  void aRefusedConnectionIsAClosedPort() throws IOException {
    var closed = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
    var target =
        new Smtp.Target(DnsName.of("gw.test"), closed.getInetAddress(), closed.getLocalPort());
    closed.close();
    var door = new SmtpDoor(SmtpSettings.DEFAULT.allowPrivate(true));

    assertThat(door.attempt(List.of(new Smtp.Attempt(target, Trial.PORT, Optional.empty()))))
        .singleElement()
        .isInstanceOf(Tried.Declined.class);
  }

  /** A gateway behind no MX. */
  private static final class World implements Network {
    private final ListedDns dns = ListedDns.of("gw.house.test A 203.0.113.7");
    private final List<Smtp.Attempt> attempts = new ArrayList<>();
    private final List<Smtp.Target> looked = new ArrayList<>();
    private final Tried tried;

    World(Tried tried) {
      this.tried = tried;
    }

    Judgement judge(ManagedDomain domain) {
      return PROBE.judge(domain, PROBE.observe(domain, this), Context.at(Instant.EPOCH));
    }

    @Override
    public Dns dns() {
      return dns;
    }

    @Override
    public Smtp smtp() {
      return new Smtp() {
        @Override
        public List<SmtpLook> look(List<Target> targets) {
          looked.addAll(targets);
          return targets.stream()
              .<SmtpLook>map(target -> new SmtpLook.Unobservable(target, "no connection"))
              .toList();
        }

        @Override
        public Set<Trial> trials() {
          return Set.of();
        }

        @Override
        public List<Tried> attempt(List<Attempt> more) {
          attempts.addAll(more);
          return more.stream().map(_ -> tried).toList();
        }
      };
    }

    @Override
    public Deadline deadline() {
      return Deadline.after(Duration.ofMinutes(1));
    }
  }
}
