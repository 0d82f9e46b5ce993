package maildrift.probes.spf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.InstantSource;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import maildrift.probes.spf.SpfResult.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpfCheckTest {
  private final MapDns dns = new MapDns();

  private SpfResult check(String ip, String sender) {
    return SpfCheck.check(ip, "mail.contoso.test", sender, dns);
  }

  private SpfResult check() {
    return check("192.0.2.1", "alice@contoso.test");
  }

  private Result result(String record) {
    dns.txt("contoso.test", record);
    return check().result();
  }

  @Test
  void theDecidingTermIsNamedWithItsPath() {
    dns.txt("contoso.test", "v=spf1 redirect=a.test")
        .txt("a.test", "v=spf1 mx include:b.test ~all")
        .txt("b.test", "v=spf1 ip4:192.0.2.0/24 -all");

    assertThat(check().term()).contains("include:b.test");
    assertThat(check().path())
        .containsExactly(
            "contoso.test: redirect=a.test", "a.test: include:b.test", "b.test: ip4:192.0.2.0/24");
    assertThat(check("198.51.100.1", "alice@contoso.test").term()).contains("~all");
  }

  @Test
  void noTermDecidesTheDefault() {
    assertThat(result("v=spf1 ip4:198.51.100.1")).isEqualTo(Result.NEUTRAL);
    assertThat(check().term()).isEmpty();
  }

  @Test
  void aBrokenTermIsTheOneThatDecides() {
    dns.txt("contoso.test", "v=spf1 ip4:192.0.2.1 foo -all");

    assertThat(check().result()).isEqualTo(Result.PERMERROR);
    assertThat(check().term()).contains("foo");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alice@",
        "alice@localhost",
        "alice@[192.0.2.1]",
        "alice@a..test",
        "a@b c.test",
        ""
      })
  void whatIsNoMailDomainHasNone(String sender) {
    assertThat(SpfCheck.check("192.0.2.1", "localhost", sender, dns).result())
        .isEqualTo(Result.NONE);
    assertThat(dns.asked()).isZero();
  }

  @Test
  void aLabelOf64OctetsIsNoMailDomain() {
    assertThat(check("192.0.2.1", "a@" + "x".repeat(64) + ".test").result()).isEqualTo(Result.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "alice@contoso.test",
    "alice@contoso.test.",
    "<alice@contoso.test>",
    "@contoso.test",
    "contoso.test",
    "'\"a@b\"@contoso.test'",
    "alice@CONTOSO.test"
  })
  void theSendersDomainIsWhatIsChecked(String sender) {
    dns.txt("contoso.test", "v=spf1 ip4:192.0.2.1 -all");

    assertThat(check("192.0.2.1", sender).result()).isEqualTo(Result.PASS);
  }

  @Test
  void anEmptySenderIsPostmasterAtHelo() {
    dns.txt("mail.contoso.test", "v=spf1 exists:%{l}.%{o}._x.test -all")
        .a("postmaster.mail.contoso.test._x.test", "127.0.0.2");

    assertThat(check("192.0.2.1", "").result()).isEqualTo(Result.PASS);
    assertThat(check("192.0.2.1", "<>").result()).isEqualTo(Result.PASS);
  }

  @Test
  void anInternationalisedDomainIsAskedAsALabels() {
    dns.txt("xn--bcher-kva.test", "v=spf1 ip4:192.0.2.1 -all");

    assertThat(check("192.0.2.1", "alice@bücher.test").result()).isEqualTo(Result.PASS);
  }

  @Test
  void aNonAsciiLocalPartMatchesNoName() {
    dns.txt("contoso.test", "v=spf1 exists:%{l}._x.test ip4:192.0.2.1 -all exp=e.test")
        .txt("e.test", "%{l} may not, %{L} neither");

    assertThat(check("192.0.2.1", "ä@contoso.test").result()).isEqualTo(Result.PASS);
    assertThat(check("192.0.2.2", "ä@contoso.test").explanation()).isEmpty();
  }

  @Test
  void aMappedAddressIsIpv4() {
    dns.txt("contoso.test", "v=spf1 ip4:192.0.2.1 -all");

    assertThat(check("::ffff:192.0.2.1", "a@contoso.test").result()).isEqualTo(Result.PASS);
    assertThat(check("::FFFF:c000:201", "a@contoso.test").result()).isEqualTo(Result.PASS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "192.0.2", "mail.test", "1.2.3.4.5", "::g", "192.0.2.1%eth0"})
  void whatIsNoAddressIsRefused(String ip) {
    assertThatThrownBy(() -> check(ip, "a@contoso.test"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tenTermsAreAllowedAndElevenAreNot() {
    for (var i = 1; i <= 11; i++) {
      dns.txt("i%d.test".formatted(i), "v=spf1 -all");
    }
    dns.txt("ten.test", includes(10) + " +all").txt("eleven.test", includes(11) + " +all");

    assertThat(check("192.0.2.1", "a@ten.test").result()).isEqualTo(Result.PASS);
    assertThat(check("192.0.2.1", "a@eleven.test").result()).isEqualTo(Result.PERMERROR);
    assertThat(check("192.0.2.1", "a@eleven.test").term()).contains("include:i11.test");
  }

  private static String includes(int count) {
    return "v=spf1 "
        + IntStream.rangeClosed(1, count)
            .mapToObj("include:i%d.test"::formatted)
            .collect(Collectors.joining(" "));
  }

  @Test
  void aRedirectCountsAsATerm() {
    for (var i = 1; i <= 10; i++) {
      dns.txt("i%d.test".formatted(i), "v=spf1 -all");
    }
    dns.txt("contoso.test", includes(10) + " redirect=r.test").txt("r.test", "v=spf1 +all");

    assertThat(check().result()).isEqualTo(Result.PERMERROR);
  }

  @Test
  void voidTermsAreCountedAlsoInIncludes() {
    dns.txt("contoso.test", "v=spf1 a:x1.test include:i.test mx:x3.test ip4:192.0.2.1 -all")
        .txt("i.test", "v=spf1 exists:x2.test -all");

    assertThat(check().result()).isEqualTo(Result.PERMERROR);
  }

  @Test
  void anIpv6SenderIsNotPunishedForMxHostsWithoutAaaa() {
    dns.txt("contoso.test", "v=spf1 mx ip6:2001:db8::1 -all")
        .mx("contoso.test", "a.test", "b.test", "c.test", "d.test")
        .a("a.test", "192.0.2.1")
        .a("b.test", "192.0.2.1")
        .a("c.test", "192.0.2.1")
        .a("d.test", "192.0.2.1");

    assertThat(check("2001:db8::1", "a@contoso.test").result()).isEqualTo(Result.PASS);
  }

  @Test
  void tenMxRecordsAreAllowedAndElevenAreNot() {
    for (var i = 0; i < 10; i++) {
      dns.mx("contoso.test", "mx%d.test".formatted(i)).a("mx%d.test".formatted(i), "192.0.2.1");
    }
    assertThat(result("v=spf1 mx -all")).isEqualTo(Result.PASS);

    dns.mx("contoso.test", "mx10.test");
    assertThat(check().result()).isEqualTo(Result.PERMERROR);
  }

  @Test
  void aMatchingMxHostWinsOverASilentOne() {
    dns.mx("contoso.test", "a.test", "b.test").silent("a.test").a("b.test", "192.0.2.1");

    assertThat(result("v=spf1 mx -all")).isEqualTo(Result.PASS);
    assertThat(check("192.0.2.2", "a@contoso.test").result()).isEqualTo(Result.TEMPERROR);
  }

  @Test
  void timeOutsAreTemporaryAndPtrsAreNot() {
    dns.silent("slow.test").silent("1.2.0.192.in-addr.arpa");
    dns.txt("a.test", "v=spf1 a:slow.test -all")
        .txt("mx.test", "v=spf1 mx:slow.test -all")
        .txt("include.test", "v=spf1 include:slow.test -all")
        .txt("redirect.test", "v=spf1 redirect=slow.test")
        .txt("exists.test", "v=spf1 exists:slow.test -all")
        .txt("ptr.test", "v=spf1 ptr -all");

    for (var name : new String[] {"slow", "a", "mx", "include", "redirect", "exists"}) {
      assertThat(check("192.0.2.1", "a@" + name + ".test").result())
          .as(name)
          .isEqualTo(Result.TEMPERROR);
    }
    assertThat(check("192.0.2.1", "a@ptr.test").result()).isEqualTo(Result.FAIL);
  }

  @Test
  void ofElevenReverseNamesTenAreTried() {
    for (var i = 0; i < 11; i++) {
      dns.ptr("1.2.0.192.in-addr.arpa", "h%02d.test".formatted(i));
    }
    dns.a("h10.test", "192.0.2.1");

    assertThat(result("v=spf1 ptr:h10.test -all")).isEqualTo(Result.FAIL);
    assertThat(dns.asked()).isEqualTo(12);
  }

  @Test
  void theReverseNameThatFitsBestIsUsed() {
    dns.ptr("1.2.0.192.in-addr.arpa", "a.other.test", "mail.contoso.test", "liar.contoso.test")
        .a("a.other.test", "192.0.2.1")
        .a("mail.contoso.test", "192.0.2.1")
        .a("mail.contoso.test.ok.test", "127.0.0.2");

    assertThat(result("v=spf1 exists:%{p}.ok.test -all")).isEqualTo(Result.PASS);
  }

  @ParameterizedTest
  @CsvSource({
    "%{s}, strong-bad@email.example.com",
    "%{o}, email.example.com",
    "%{d}, email.example.com",
    "%{d4}, email.example.com",
    "%{d3}, email.example.com",
    "%{d2}, example.com",
    "%{d1}, com",
    "%{dr}, com.example.email",
    "%{d2r}, example.email",
    "%{l}, strong-bad",
    "%{l-}, strong.bad",
    "%{lr}, strong-bad",
    "%{lr-}, bad.strong",
    "%{l1r-}, strong",
    "%{ir}.%{v}._spf.%{d2}, 3.2.0.192.in-addr._spf.example.com",
    "%{lr-}.lp._spf.%{d2}, bad.strong.lp._spf.example.com",
    "%{d2}.trusted-domains.example.net, example.com.trusted-domains.example.net",
    "%{c} %{r} %{t} %{h}, 192.0.2.3 unknown 1700000000 mx.example.org",
    "%{S}, strong-bad%40email.example.com",
    "100%%%_%-, 100% %20"
  })
  void macrosExpandAsInTheRfc(String macro, String expanded) {
    dns.txt("email.example.com", "v=spf1 -all exp=e.test").txt("e.test", macro);

    var seen =
        SpfCheck.check(
            Client.parse("192.0.2.3"),
            "mx.example.org",
            "strong-bad@email.example.com",
            dns,
            InstantSource.fixed(Instant.ofEpochSecond(1_700_000_000)));

    assertThat(seen.explanation()).contains(expanded);
  }

  @Test
  void anIpv6AddressExpandsToNibbles() {
    dns.txt("contoso.test", "v=spf1 -all exp=e.test").txt("e.test", "%{c} %{ir}.%{v}");

    assertThat(check("2001:DB8::CB01", "a@contoso.test").explanation())
        .contains(
            "2001:db8::cb01"
                + " 1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a %{x} b", "50%", "tab\there", "é", "line\r\nbreak"})
  void aBrokenExplanationIsNone(String text) {
    dns.txt("contoso.test", "v=spf1 -all exp=e.test").txt("e.test", text);

    assertThat(check().result()).isEqualTo(Result.FAIL);
    assertThat(check().explanation()).isEmpty();
  }

  @Test
  void aHugeExplanationIsNone() {
    dns.txt("contoso.test", "v=spf1 -all exp=e.test").txt("e.test", "%{s}".repeat(10_000));

    assertThat(check().explanation()).isEmpty();
  }

  @Test
  void noEvaluationComesNearTheQuestionCap() {
    for (var i = 0; i < 10; i++) {
      for (var j = 0; j < 10; j++) {
        dns.mx("m%d.test".formatted(i), "h%d-%d.test".formatted(i, j))
            .a("h%d-%d.test".formatted(i, j), "198.51.100.1");
      }
    }
    var terms =
        IntStream.range(0, 10).mapToObj("mx:m%d.test"::formatted).collect(Collectors.joining(" "));

    assertThat(result("v=spf1 " + terms + " ip4:192.0.2.1 -all")).isEqualTo(Result.PASS);
    assertThat(dns.asked()).isEqualTo(111);
  }

  @Test
  void anIncludeOfItselfEndsAtTheLimit() {
    assertThat(result("v=spf1 include:contoso.test -all")).isEqualTo(Result.PERMERROR);
    assertThat(dns.asked()).isLessThanOrEqualTo(11);
  }
}
