package maildrift.probes.conversation;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Rule;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.ListedDns;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.smtp.Trial;
import maildrift.probes.smtp.Tried;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class SmtpProbeTest {
  private static final SmtpProbe PROBE = new SmtpProbe();

  private record Scenario(String name, Consumer<World> change, String violated) {}

  private static Scenario of(String name, Consumer<World> change, String violated) {
    return new Scenario(name, change, violated);
  }

  @TestFactory
  Stream<DynamicTest> judgesWhatHostsOfferAndDo() {
    return Stream.of(
            of("REQUIRETLS inside TLS", _ -> {}, ""),
            of("no REQUIRETLS anywhere", world -> world.offers("SIZE 1000"), ""),
            of(
                "REQUIRETLS at one of two hosts",
                world ->
                    world
                        .add(
                            "contoso.test MX 20 mx2.contoso.test", "mx2.contoso.test A 203.0.113.8")
                        .offersAt("203.0.113.8", "SIZE 1000"),
                "smtp.requiretls INFO contoso.test"),
            of("EHLO inside TLS was not answered", world -> world.tls(handshake()), ""),
            of("no STARTTLS", world -> world.tls(new SmtpLook.NotOffered()), ""),
            of("all is well, and tried", World::tryingAll, ""),
            of(
                "executes what came in the clear",
                world -> world.tryingAll().tried(Trial.INJECTION, new Tried.Done("250 ok")),
                "tls.injection CRITICAL mx.contoso.test:25"),
            of(
                "refuses mail without TLS",
                world -> world.tryingAll().tried(Trial.PLAINTEXT, new Tried.Declined("530 no")),
                "tls.plaintext-public WARNING mx.contoso.test:25"),
            of(
                "a private leg refuses mail without TLS",
                world ->
                    world
                        .tryingAll()
                        .privateLeg()
                        .tried(Trial.PLAINTEXT, new Tried.Declined("530 no")),
                ""),
            of(
                "a private leg takes mail without TLS",
                world -> world.tryingAll().privateLeg(),
                "smtp.plaintext-accepted WARNING mx.contoso.test:25"),
            of(
                "refuses postmaster",
                world -> world.tryingAll().tried(Trial.POSTMASTER, new Tried.Declined("550 who")),
                "smtp.postmaster INFO contoso.test"),
            of(
                "nothing of it could be seen",
                world ->
                    world
                        .tryingAll()
                        .tried(Trial.POSTMASTER, new Tried.Unseen("greylisted"))
                        .tried(Trial.INJECTION, new Tried.Unseen("closed"))
                        .tried(Trial.PLAINTEXT, new Tried.Unseen("closed")),
                ""))
        .map(
            scenario ->
                DynamicTest.dynamicTest(
                    scenario.name(),
                    () -> {
                      var world = new World();
                      scenario.change().accept(world);
                      var judgement = world.judge();
                      assertThat(violated(judgement)).isEqualTo(scenario.violated());
                      assertThat(judgement.gaps()).isEmpty();
                    }));
  }

  private static String violated(Judgement judgement) {
    return judgement.findings().stream()
        .map(found -> found.rule().id() + " " + found.severity() + " " + found.subject())
        .sorted()
        .collect(joining(", "));
  }

  private static SmtpLook.Handshake handshake() {
    return new SmtpLook.Handshake("TLSv1.3", "TLS_AES_128_GCM_SHA256", List.of(new byte[] {1}));
  }

  @Test
  void nothingIsTriedUnlessTheOperatorWantsIt() {
    var world = new World();

    world.judge();

    assertThat(world.attempts).isEmpty();
  }

  @Test
  void onlyWhatIsWantedIsTriedAndPostmasterAtOneHost() {
    var world =
        new World()
            .trying(Set.of(Trial.POSTMASTER))
            .add("contoso.test MX 20 mx2.contoso.test", "mx2.contoso.test A 203.0.113.8");

    world.judge();

    assertThat(world.attempts)
        .containsExactly(
            new Smtp.Attempt(
                new Smtp.Target(
                    DnsName.of("mx.contoso.test"), InetAddress.ofLiteral("203.0.113.7"), 25),
                Trial.POSTMASTER,
                Optional.of(DnsName.of("contoso.test"))));
  }

  @Test
  void whatWasNotSeenHidesItsRuleAndNothingElse() {
    var judgement =
        new World().tryingAll().tried(Trial.INJECTION, new Tried.Unseen("closed")).judge();

    assertThat(judgement.hides(new Finding.Key("tls.injection", "mx.contoso.test:25"))).isTrue();
    assertThat(judgement.hides(new Finding.Key("tls.plaintext-public", "mx.contoso.test:25")))
        .isFalse();
  }

  @Test
  void anUnansweredMxAndASilentHostAreTheOthersGaps() {
    var unanswered = new World().add("contoso.test MX timeout").judge();
    var silent = new World().tryingAll().silent().judge();

    for (var judgement : List.of(unanswered, silent)) {
      assertThat(judgement.gaps()).isEmpty();
      assertThat(judgement.findings()).isEmpty();
      assertThat(judgement.outcome()).isEqualTo(Outcome.UNOBSERVABLE);
    }
    assertThat(silent.hides(new Finding.Key("tls.injection", "mx.contoso.test:25"))).isTrue();
  }

  @Test
  void unansweredAddressesOfAMailHostOrGatewayHideEverySubject() {
    var host = new World(List.of("contoso.test MX 10 mx.contoso.test")).tryingAll();
    host.add("mx.contoso.test A timeout");
    var gateway =
        new World(List.of("contoso.test MX 0 .", "mx.contoso.test AAAA timeout"))
            .tryingAll()
            .privateLegByName();

    for (var world : List.of(host, gateway)) {
      var judgement = world.judge();
      assertThat(judgement.gaps()).isEmpty();
      assertThat(judgement.outcome()).isEqualTo(Outcome.UNOBSERVABLE);
      for (var rule : SmtpRules.ALL) {
        assertThat(judgement.hides(new Finding.Key(rule.id(), "mx.contoso.test:25")))
            .as(rule.id())
            .isTrue();
      }
    }
  }

  @Test
  void whatNobodyAskedForIsNeitherHiddenNorLookedAt() {
    var untried = new World().silent().judge();
    var tried = new World().trying(Set.of(Trial.PLAINTEXT)).judge();

    assertThat(untried.hides(new Finding.Key("tls.injection", "mx.contoso.test:25"))).isFalse();
    assertThat(lookedAt(untried)).containsExactly("smtp.requiretls");
    assertThat(lookedAt(tried)).containsExactly("smtp.requiretls", "tls.plaintext-public");
    assertThat(lookedAt(new World().trying(Set.of(Trial.PLAINTEXT)).privateLeg().judge()))
        .containsExactly("smtp.requiretls", "smtp.plaintext-accepted");
  }

  private static List<String> lookedAt(Judgement judgement) {
    return SmtpRules.ALL.stream()
        .filter(rule -> PROBE.looksAt(rule, judgement))
        .map(Rule::id)
        .toList();
  }

  @Test
  void onlyAPrivateLegIsAskedForARecipientWithoutTls() {
    var open = new World().trying(Set.of(Trial.PLAINTEXT));
    var leg = new World().trying(Set.of(Trial.PLAINTEXT)).privateLeg();

    open.judge();
    leg.judge();

    assertThat(open.attempts).extracting(Smtp.Attempt::domain).containsExactly(Optional.empty());
    assertThat(leg.attempts)
        .extracting(Smtp.Attempt::domain)
        .containsExactly(Optional.of(DnsName.of("contoso.test")));
  }

  @Test
  void whoeverSkipsTlsDoesNotWantMailHostsToBeContacted() {
    var world = new World().tryingAll();

    var judgement = world.judge(domain -> domain.skip(Set.of("tls")));

    assertThat(world.looked).isEmpty();
    assertThat(judgement.outcome()).isEqualTo(Outcome.ABSENT);
  }

  private static final class World implements Network {
    private final ListedDns dns;
    private final Map<InetAddress, SmtpLook.Tls> others = new HashMap<>();
    private final Map<Trial, Tried> tried = new EnumMap<>(Trial.class);
    private final List<Smtp.Attempt> attempts = new ArrayList<>();
    private final List<Smtp.Target> looked = new ArrayList<>();
    private Set<Trial> allowed = Set.of();
    private SmtpLook.Tls tls = handshake().extensions(List.of("SIZE 1000", "REQUIRETLS"));
    private boolean isPrivateLeg;
    private List<InetAddress> declared = List.of(InetAddress.ofLiteral("203.0.113.7"));
    private boolean isSilent;

    World() {
      this(List.of("contoso.test MX 10 mx.contoso.test", "mx.contoso.test A 203.0.113.7"));
    }

    World(List<String> zone) {
      dns = ListedDns.of(zone.toArray(String[]::new));
      tried.put(Trial.POSTMASTER, new Tried.Done("250 ok"));
      tried.put(Trial.INJECTION, new Tried.Declined("221 bye"));
      tried.put(Trial.PLAINTEXT, new Tried.Done("250 ok"));
    }

    World add(String... lines) {
      for (var line : lines) {
        dns.add(line);
      }
      return this;
    }

    World tls(SmtpLook.Tls value) {
      tls = value;
      return this;
    }

    World offers(String... extensions) {
      return tls(handshake().extensions(List.of(extensions)));
    }

    World offersAt(String address, String... extensions) {
      others.put(InetAddress.ofLiteral(address), handshake().extensions(List.of(extensions)));
      return this;
    }

    World trying(Set<Trial> trials) {
      allowed = trials;
      return this;
    }

    World tryingAll() {
      return trying(EnumSet.allOf(Trial.class));
    }

    World tried(Trial trial, Tried result) {
      tried.put(trial, result);
      return this;
    }

    World privateLeg() {
      isPrivateLeg = true;
      return this;
    }

    World privateLegByName() {
      declared = List.of();
      return privateLeg();
    }

    World silent() {
      isSilent = true;
      return this;
    }

    Judgement judge() {
      return judge(domain -> domain);
    }

    Judgement judge(UnaryOperator<ManagedDomain> change) {
      var gateway =
          new Gateway(
              "gw1",
              DnsName.of("mx.contoso.test"),
              declared,
              25,
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              List.of(),
              true);
      var domain =
          change.apply(
              ManagedDomain.undeclared(DnsName.of("contoso.test"))
                  .gateways(isPrivateLeg ? List.of(gateway) : List.of()));
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
          return targets.stream().map(World.this::look).toList();
        }

        @Override
        public Set<Trial> trials() {
          return allowed;
        }

        @Override
        public List<Tried> attempt(List<Attempt> wanted) {
          attempts.addAll(wanted);
          return wanted.stream().map(one -> requireNonNull(tried.get(one.trial()))).toList();
        }
      };
    }

    private SmtpLook look(Smtp.Target target) {
      return isSilent
          ? new SmtpLook.Unobservable(target, "no connection")
          : new SmtpLook.Spoke(
              target,
              "mx.contoso.test",
              List.of("STARTTLS"),
              others.getOrDefault(target.address(), tls));
    }

    @Override
    public Deadline deadline() {
      return Deadline.after(Duration.ofMinutes(1));
    }
  }
}
