package maildrift.probes.spf;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import maildrift.probes.Deadline;
import maildrift.probes.Outcome;
import maildrift.probes.dns.DnsName;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.NetworkSet;
import org.junit.jupiter.api.Test;

class SpfTreeTest {
  private static final DnsName DOMAIN = DnsName.of("contoso.test");
  private final MapDns dns = new MapDns();

  private SpfTree tree() {
    return SpfTree.of(DOMAIN, dns);
  }

  private static List<Cidr> networks(String... texts) {
    return List.of(texts).stream().map(Cidr::parse).toList();
  }

  @Test
  void aTreeCountsWhatEachTermCosts() {
    dns.txt("contoso.test", "v=spf1 a include:_spf.provider.test ip4:192.0.2.0/24 mx ~all")
        .a("contoso.test", "192.0.2.1", "2001:db8::1")
        .mx("contoso.test", "mx.contoso.test")
        .a("mx.contoso.test", "198.51.100.25")
        .txt("_spf.provider.test", "v=spf1 include:a.provider.test include:b.provider.test -all")
        .txt("a.provider.test", "v=spf1 ip4:203.0.113.0/25 -all")
        .txt("b.provider.test", "v=spf1 ip6:2001:db8:1::/48 -all");

    var tree = tree();

    assertThat(tree.lookups()).isEqualTo(5);
    assertThat(tree.voidLookups()).isZero();
    assertThat(tree.all()).contains(Qualifier.SOFTFAIL);
    assertThat(tree.published())
        .isEqualTo(
            networks(
                "192.0.2.1/32",
                "2001:db8::1/128",
                "203.0.113.0/25",
                "2001:db8:1::/48",
                "192.0.2.0/24",
                "198.51.100.25/32"));
    assertThat(tree.root().nodes())
        .extracting(SpfTree.Node::lookups)
        .containsExactly(1, 2, 4, 5, 5);
    assertThat(tree.isComplete()).isTrue();
  }

  @Test
  void siblingsAreAskedAtOnceAndANameOnce() {
    dns.txt("contoso.test", "v=spf1 include:a.test include:b.test include:c.test -all")
        .txt("a.test", "v=spf1 include:d.test -all")
        .txt("b.test", "v=spf1 include:d.test -all")
        .txt("c.test", "v=spf1 include:d.test -all")
        .txt("d.test", "v=spf1 ip4:192.0.2.1 -all");

    assertThat(tree().lookups()).isEqualTo(6);
    assertThat(dns.rounds()).extracting(List::size).containsExactly(1, 3, 1);
  }

  @Test
  void aRedirectLeadsToTheAllThatIsReached() {
    dns.txt("contoso.test", "v=spf1 ip4:192.0.2.1 redirect=_spf.contoso.test")
        .txt("_spf.contoso.test", "v=spf1 ip4:192.0.2.2 -all");

    assertThat(tree().all()).contains(Qualifier.FAIL);
    assertThat(tree().lookups()).isEqualTo(1);
    assertThat(tree().ownPolicies())
        .extracting(SpfTree.Policy::name)
        .containsExactly("contoso.test", "_spf.contoso.test");
  }

  @Test
  void whatStandsBehindAllCostsNothing() {
    dns.txt("contoso.test", "v=spf1 -all a mx include:x.test redirect=y.test");

    assertThat(tree().lookups()).isZero();
    assertThat(dns.asked()).isEqualTo(1);
  }

  @Test
  void anUnansweredBranchMakesTheCountALowerBound() {
    dns.txt("contoso.test", "v=spf1 include:slow.test include:good.test -all")
        .silent("slow.test")
        .txt("good.test", "v=spf1 a:mail.good.test -all")
        .a("mail.good.test", "192.0.2.1");

    var tree = tree();

    assertThat(tree.lookups()).isEqualTo(3);
    assertThat(tree.isComplete()).isFalse();
    assertThat(tree.unseen())
        .containsExactly(new SpfTree.Unseen("slow.test TXT", "timeout after 2s"));
    assertThat(tree.voidLookups()).isZero();
    assertThat(tree.root().nodes().getFirst().outcome()).isEqualTo(Outcome.UNOBSERVABLE);
  }

  @Test
  void deadNamesAreVoid() {
    dns.txt(
        "contoso.test", "v=spf1 a:gone.test mx:gone.test include:gone.test exists:gone.test ~all");

    assertThat(tree().voidLookups()).isEqualTo(4);
  }

  @Test
  void anAddressOfOneFamilyIsNotVoid() {
    dns.txt("contoso.test", "v=spf1 a mx -all")
        .a("contoso.test", "192.0.2.1")
        .mx("contoso.test", "mx.test", "gone.test")
        .a("mx.test", "2001:db8::25");

    assertThat(tree().voidLookups()).isZero();
  }

  @Test
  void anIncludeOfItselfIsALoopBeyondTheLimit() {
    dns.txt("contoso.test", "v=spf1 include:CONTOSO.test -all");

    assertThat(tree().loops()).containsExactly("contoso.test");
    assertThat(tree().lookups()).isGreaterThan(10);
    assertThat(dns.asked()).isLessThanOrEqualTo(2);
  }

  @Test
  void aLoopOverThreeNamesIsSeen() {
    dns.txt("contoso.test", "v=spf1 include:a.test -all")
        .txt("a.test", "v=spf1 redirect=b.test")
        .txt("b.test", "v=spf1 include:a.test -all");

    assertThat(tree().loops()).containsExactly("a.test");
  }

  @Test
  void macrosAreOpaqueUnlessOnlyTheDomainIsNeeded() {
    dns.txt("contoso.test", "v=spf1 include:%{d}._spf.test exists:%{i}._spf.test -all")
        .txt("contoso.test._spf.test", "v=spf1 ip4:192.0.2.1 -all");

    var tree = tree();

    assertThat(tree.isOpaque()).isTrue();
    assertThat(tree.macros()).containsExactly("include:%{d}._spf.test", "exists:%{i}._spf.test");
    assertThat(tree.published()).isEqualTo(networks("192.0.2.1/32"));
  }

  @Test
  void theFirstMatchDecidesWhatIsAuthorised() throws Exception {
    dns.txt(
            "contoso.test",
            "v=spf1 ip4:192.0.2.1 -ip4:192.0.2.0/28 ?include:n.test include:p.test ~all")
        .txt("n.test", "v=spf1 ip4:198.51.100.0/25 -all")
        .txt("p.test", "v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.0/24 -all");

    var tree = tree();

    assertThat(tree.authorised())
        .isEqualTo(
            NetworkSet.of(networks("192.0.2.0/24", "198.51.100.128/25"))
                .minus(NetworkSet.of(networks("192.0.2.0/28")))
                .plus(NetworkSet.of(networks("192.0.2.1/32"))));
    assertThat(tree.authorises(InetAddress.ofLiteral("192.0.2.1"))).isTrue();
    assertThat(tree.authorises(InetAddress.ofLiteral("192.0.2.2"))).isFalse();
  }

  @Test
  void plusAllAuthorisesEverybodyAlsoFromAnInclude() {
    dns.txt("contoso.test", "v=spf1 include:open.test -all").txt("open.test", "v=spf1 +all");

    assertThat(tree().authorises(NetworkSet.of(networks("203.0.113.7/32")))).isTrue();
    assertThat(tree().published()).isEmpty();
  }

  @Test
  void threeHundredAddressTermsAskAtMost250Questions() {
    var terms = IntStream.range(0, 300).mapToObj(i -> "a:h%d.test".formatted(i)).toList();
    dns.txt("contoso.test", "v=spf1 " + String.join(" ", terms) + " -all");

    var tree = tree();

    assertThat(tree.lookups()).isEqualTo(300);
    assertThat(dns.asked()).isLessThanOrEqualTo(250);
    assertThat(tree.truncated()).isTrue();
  }

  @Test
  void aWideTreeIsCutAndItsLookupsAreCounted() {
    for (var i = 0; i < 1000; i++) {
      var n = i;
      dns.txt(
          "n%d.test".formatted(i),
          "v=spf1 "
              + String.join(
                  " ",
                  IntStream.range(0, 200)
                      .mapToObj(j -> "include:n%d.test".formatted(n + j + 1))
                      .toList())
              + " -all");
    }
    dns.txt("contoso.test", "v=spf1 include:n0.test -all");

    var tree = tree();

    assertThat(tree.lookups()).isGreaterThan(10);
    assertThat(dns.asked()).isLessThanOrEqualTo(250);
  }

  @Test
  void aDeepTreeIsCut() {
    for (var i = 0; i < 1000; i++) {
      dns.txt("n%d.test".formatted(i), "v=spf1 include:n%d.test -all".formatted(i + 1));
    }
    dns.txt("contoso.test", "v=spf1 include:n0.test -all");

    assertThat(tree().lookups()).isBetween(11, 30);
    assertThat(dns.asked()).isLessThan(30);
  }

  @Test
  void aDoublingTreeStaysSmall() {
    for (var i = 0; i < 30; i++) {
      dns.txt(
          "n%d.test".formatted(i), "v=spf1 include:n%1$d.test include:n%1$d.test".formatted(i + 1));
    }
    dns.txt("contoso.test", "v=spf1 include:n0.test -all");

    assertThat(tree().truncated()).isTrue();
    assertThat(dns.asked()).isLessThan(40);
  }

  @Test
  void aRecordOfTenThousandsOfTermsIsCut() {
    dns.txt("contoso.test", "v=spf1 " + "ip4:192.0.2.1 ".repeat(50_000) + "-all");

    assertThat(tree().truncated()).isTrue();
    assertThat(tree().isComplete()).isFalse();
  }

  @Test
  void withoutTimeNothingMoreIsAsked() {
    var tree = SpfTree.of(DOMAIN, dns, Deadline.after(Duration.ZERO));

    assertThat(dns.asked()).isZero();
    assertThat(tree.outcome()).isEqualTo(Outcome.UNOBSERVABLE);
  }

  @Test
  void netblocksComeAsWrittenAndInOrder() {
    dns.txt(
        "de._netblocks.mimecast.test",
        "v=spf1 ip4:51.163.158.0/24 ip4:194.104.109.0/24 ip4:194.104.111.0/24"
            + " ip4:194.104.110.21/32 ip4:194.104.110.240/28 ip4:62.140.10.21/32"
            + " ip4:62.140.7.0/24 ip4:194.104.108.240/29 ip4:194.104.108.21/32 ~all");

    assertThat(Netblocks.of(DnsName.of("de._netblocks.mimecast.test"), dns))
        .isEqualTo(
            new Netblocks.Known(
                DnsName.of("de._netblocks.mimecast.test"),
                networks(
                    "51.163.158.0/24",
                    "194.104.109.0/24",
                    "194.104.111.0/24",
                    "194.104.110.21/32",
                    "194.104.110.240/28",
                    "62.140.10.21/32",
                    "62.140.7.0/24",
                    "194.104.108.240/29",
                    "194.104.108.21/32"),
                List.of(),
                List.of()));
  }

  @Test
  void netblocksOfASilentBranchAreAGapAndOfNoNameAreNone() {
    dns.txt("_spf.p.test", "v=spf1 ip4:192.0.2.0/24 include:slow.test -all").silent("slow.test");

    assertThat(Netblocks.of(DnsName.of("_spf.p.test"), dns))
        .isInstanceOfSatisfying(
            Netblocks.Unseen.class,
            unseen -> {
              assertThat(unseen.seen()).isEqualTo(networks("192.0.2.0/24"));
              assertThat(unseen.why()).isEqualTo("slow.test TXT: timeout after 2s");
            });
    assertThat(Netblocks.of(DnsName.of("none.test"), dns)).isInstanceOf(Netblocks.None.class);
  }

  @Test
  void theTextShowsEachTermWithItsCost() {
    dns.txt("contoso.test", "v=spf1 include:_spf.p.test a:gone.test ~all")
        .txt("_spf.p.test", "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all");

    assertThat(SpfTreeText.render(tree()))
        .isEqualTo(
            """
            contoso.test  v=spf1 include:_spf.p.test a:gone.test ~all
              term                 cost  total  void  networks
              include:_spf.p.test     1      1                       record of _spf.p.test
                ip4:192.0.2.0/24                      192.0.2.0/24
                ip6:2001:db8::/32                     2001:db8::/32
                -all                                                 decides what is left
              a:gone.test             1      2     1                 gone.test has no address (void lookup)
              ~all                                                   decides what is left
            lookups 2 of 10, void lookups 1 of 2, networks 2, all: softfail
            """);
    assertThat(SpfTreeText.facts(tree()))
        .containsEntry("name", "contoso.test")
        .containsEntry("outcome", "observed")
        .containsKey("terms");
  }
}
