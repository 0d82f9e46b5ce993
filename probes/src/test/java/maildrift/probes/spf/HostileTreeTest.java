package maildrift.probes.spf;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
import maildrift.probes.Network;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsDoor;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.DnsServer;
import maildrift.probes.dns.DnsSettings;
import maildrift.probes.dns.server.NameServer;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Role;
import maildrift.probes.smtp.Smtp;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** RFC 7208 §4.6.4, §11.1 over real UDP and TCP, against zones that want to be asked for ever. */
class HostileTreeTest {
  private static final String DOMAIN = "hostile.test";
  private static final int LIMIT = 250;

  @TestFactory
  Stream<DynamicTest> noRecordIsWorthMoreThan250Questions() {
    return Stream.of(
        zone(
            "ten includes at each of ten levels",
            server -> {
              for (var i = 0; i < 1_000; i++) {
                var n = i;
                text(
                    server, name(i), "v=spf1 " + terms(10, j -> "include:" + name(n * 10 + j + 1)));
              }
              text(server, DOMAIN, "v=spf1 include:" + name(0) + " -all");
            }),
        zone(
            "three hundred includes in one record of 8 kB",
            server -> {
              text(server, DOMAIN, "v=spf1 " + terms(300, j -> "include:" + name(j)));
              for (var i = 0; i < 300; i++) {
                text(server, name(i), "v=spf1 " + "ip4:192.0.2.1 ".repeat(200));
              }
            }),
        zone(
            "mx terms with ten hosts each",
            server -> {
              text(server, DOMAIN, "v=spf1 " + terms(40, j -> "mx:" + name(j)));
              for (var i = 0; i < 40; i++) {
                for (var j = 0; j < 10; j++) {
                  server.add("%s MX 10 h%d.%s".formatted(name(i), j, name(i)));
                }
              }
            }),
        zone(
            "aliases of aliases",
            server -> {
              text(server, DOMAIN, "v=spf1 " + terms(100, j -> "a:a0." + name(j)));
              for (var i = 0; i < 100; i++) {
                for (var j = 0; j < 15; j++) {
                  server.add("a%d.%s CNAME a%d.%s".formatted(j, name(i), j + 1, name(i)));
                }
              }
            }),
        zone(
            "macros in every include",
            server -> {
              text(server, DOMAIN, "v=spf1 " + terms(60, j -> "include:%{i}." + name(j)));
              for (var i = 0; i < 60; i++) {
                text(
                    server,
                    "*." + name(i),
                    "v=spf1 " + terms(40, j -> "exists:%{ir}.x" + j + ".test"));
              }
            }),
        zone(
            "a loop of three",
            server -> {
              text(server, DOMAIN, "v=spf1 include:a.test include:b.test include:c.test -all");
              text(server, "a.test", "v=spf1 include:b.test include:c.test -all");
              text(server, "b.test", "v=spf1 include:a.test include:c.test -all");
              text(server, "c.test", "v=spf1 include:a.test include:hostile.test -all");
            }));
  }

  private static String name(int number) {
    return "n%d.hostile.test".formatted(number);
  }

  private static String terms(int count, IntFunction<String> term) {
    return String.join(" ", IntStream.range(0, count).mapToObj(term).toList());
  }

  private static void text(NameServer server, String owner, String text) {
    var parts = new ArrayList<String>();
    for (var at = 0; at < text.length(); at += 255) {
      parts.add(text.substring(at, Math.min(text.length(), at + 255)));
    }
    server.txt(owner, parts.toArray(String[]::new));
  }

  private interface Zone {
    void serve(NameServer server);
  }

  private static DynamicTest zone(String name, Zone zone) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          try (var server = NameServer.start()) {
            zone.serve(server);
            var findings = look(server, ManagedDomain.undeclared(DnsName.of(DOMAIN)));

            assertThat(findings).extracting(found -> found.rule().id()).isNotEmpty();
            assertThat(asked(server)).isBetween(1L, (long) LIMIT);
          }
          for (var client : List.of("192.0.2.200", "2001:db8::200")) {
            try (var server = NameServer.start()) {
              zone.serve(server);
              check(server, client);

              assertThat(asked(server)).isBetween(1L, (long) LIMIT);
            }
          }
        });
  }

  private static long asked(NameServer server) {
    return server.datagrams() + server.connections();
  }

  private static List<Finding> look(NameServer server, ManagedDomain domain) {
    var probe = new SpfProbe();
    var deadline = Deadline.after(Duration.ofSeconds(20));
    try (var door = door(server)) {
      var seen = probe.observe(domain, new Look(door.fresh(deadline), deadline));
      return probe.judge(domain, seen, Context.at(Instant.EPOCH)).findings();
    }
  }

  private static SpfResult check(NameServer server, String client) {
    try (var door = door(server)) {
      return SpfCheck.check(
          client, "helo.test", "a@" + DOMAIN, door.fresh(Deadline.after(Duration.ofSeconds(20))));
    }
  }

  private static DnsDoor door(NameServer server) {
    return new DnsDoor(DnsSettings.only(List.of(DnsServer.parse(server.hostAndPort()))));
  }

  private record Look(Dns dns, Deadline deadline) implements Network {
    @Override
    public Smtp smtp() {
      throw new IllegalStateException("SPF needs no mail server");
    }
  }

  @Test
  void whatAProfileAsksOfMacrosCountsToo() {
    try (var server = NameServer.start()) {
      text(server, DOMAIN, "v=spf1 include:%{i}.x.test include:%{ir}.y.test -all");
      text(server, "*.x.test", "v=spf1 ?all");
      text(server, "*.y.test", "v=spf1 ?all");
      text(
          server,
          "_spf.provider.test",
          "v=spf1 " + terms(60, j -> "ip4:203.0.113." + 4 * j + "/31"));
      var provider = DnsName.of("_spf.provider.test");
      var domain =
          ManagedDomain.undeclared(DnsName.of(DOMAIN))
              .prescriptions(
                  List.of(
                      Prescription.of("provider", "provider", Role.OUTBOUND)
                          .spf(List.of(provider), "", false)));

      look(server, domain);

      // The provider's record is one of its own.
      assertThat(asked(server)).isLessThanOrEqualTo(LIMIT + 1);
    }
  }

  @Test
  void tenTermsThatAskAreEvaluatedAndNotEleven() {
    try (var server = NameServer.start()) {
      for (var i = 0; i < 11; i++) {
        server.add("h%d.test A 198.51.100.%d".formatted(i, i));
      }
      text(server, DOMAIN, "v=spf1 " + terms(11, j -> "a:h" + j + ".test") + " -all");

      assertThat(check(server, "198.51.100.9").result()).isEqualTo(SpfResult.Result.PASS);
      assertThat(check(server, "198.51.100.10").result()).isEqualTo(SpfResult.Result.PERMERROR);
      assertThat(server.asked("h10.test")).isZero();
    }
  }

  @Test
  void tenNamesOfAnMxAreAllowedAndElevenAreAnError() {
    try (var server = NameServer.start()) {
      text(server, DOMAIN, "v=spf1 mx -all");
      for (var i = 0; i < 10; i++) {
        server.add(
            "hostile.test MX 10 h%d.test".formatted(i), "h%d.test A 198.51.100.%d".formatted(i, i));
      }
      assertThat(check(server, "198.51.100.9").result()).isEqualTo(SpfResult.Result.PASS);

      server.add("hostile.test MX 10 h10.test");
      assertThat(check(server, "198.51.100.9").result()).isEqualTo(SpfResult.Result.PERMERROR);
    }
  }

  @Test
  void ofTheNamesOfAPtrTenAreLookedAtAndTheOthersIgnored() {
    try (var server = NameServer.start()) {
      text(server, DOMAIN, "v=spf1 ptr:hostile.test -all");
      for (var i = 0; i < 30; i++) {
        server.add("7.100.51.198.in-addr.arpa PTR h%02d.other.test".formatted(i));
      }
      assertThat(check(server, "198.51.100.7").result()).isEqualTo(SpfResult.Result.FAIL);
      assertThat(asked(server)).isEqualTo(2 + 10);
    }
  }

  @Test
  void twoVoidTermsAreAllowedAndThreeAreAnError() {
    try (var server = NameServer.start()) {
      text(
          server,
          DOMAIN,
          "v=spf1 a:gone1.test mx:gone2.test exists:gone3.test ip4:198.51.100.7 -all");
      assertThat(check(server, "198.51.100.7").result()).isEqualTo(SpfResult.Result.PERMERROR);

      server.remove(DOMAIN);
      text(server, DOMAIN, "v=spf1 a:gone1.test mx:gone2.test ip4:198.51.100.7 -all");
      assertThat(check(server, "198.51.100.7").result()).isEqualTo(SpfResult.Result.PASS);
    }
  }
}
