package maildrift.probes.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import maildrift.probes.dns.DnsName;
import maildrift.probes.network.Cidr;
import org.junit.jupiter.api.Test;

final class NeighbourhoodTest {

  private static ManagedDomain domain(String name, String tenant, String... gateways) {
    return new ManagedDomain(
            DnsName.of(name),
            new Tenant(tenant, tenant, Map.of()),
            List.of(),
            List.of(),
            Optional.empty(),
            List.of(),
            List.of(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            java.util.Set.of(),
            List.of(),
            Map.of())
        .gateways(
            Arrays.stream(gateways)
                .map(
                    id ->
                        new Gateway(
                            id,
                            DnsName.of(id + ".house.test"),
                            List.of(),
                            25,
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            List.of()))
                .toList());
  }

  private static Allowlist list(String name, String... networks) {
    return Allowlist.of(name, Arrays.stream(networks).map(Cidr::parse).toList());
  }

  private static Neighbours of(String name, ManagedDomain... domains) {
    return Neighbourhood.of(List.of(domains)).of(DnsName.of(name));
  }

  private static List<String> overlaps(Neighbours neighbours) {
    return neighbours.overlaps().stream()
        .map(
            one ->
                "%s %s %s %s %s"
                    .formatted(one.own(), one.tenant(), one.domain(), one.allowlist(), one.other()))
        .toList();
  }

  @Test
  void tenantsOnOneGatewayAreNeighbours() {
    var red = domain("red.test", "red", "gw");
    var blue = domain("blue.test", "blue", "gw");
    var green = domain("green.test", "green", "gw2");
    var nobody = domain("nobody.test", "", "gw");

    assertThat(of("red.test", red, blue, green, nobody).tenants()).containsExactly("blue");
    assertThat(of("green.test", red, blue, green, nobody)).isEqualTo(Neighbours.NONE);
    assertThat(of("nobody.test", red, blue, green, nobody)).isEqualTo(Neighbours.NONE);
  }

  @Test
  void twoDomainsOfOneTenantAreNone() {
    var list = list("list", "192.0.2.0/24");

    assertThat(
            of(
                "a.test",
                domain("a.test", "red", "gw").allowlist(list),
                domain("b.test", "red", "gw").allowlist(list("other", "192.0.2.0/25"))))
        .isEqualTo(Neighbours.NONE);
  }

  @Test
  void overlapsAreFoundFromBothSidesHoweverTheyLie() {
    var red = domain("red.test", "red", "gw").allowlist(list("r", "192.0.2.0/24", "203.0.113.7"));
    var blue =
        domain("blue.test", "blue", "gw")
            .allowlist(list("b", "192.0.2.64/26", "198.51.100.1", "203.0.113.7"));

    assertThat(overlaps(of("red.test", red, blue)))
        .containsExactly(
            "192.0.2.0/24 blue blue.test b 192.0.2.64/26",
            "203.0.113.7/32 blue blue.test b 203.0.113.7/32");
    assertThat(overlaps(of("blue.test", red, blue)))
        .containsExactly(
            "192.0.2.64/26 red red.test r 192.0.2.0/24",
            "203.0.113.7/32 red red.test r 203.0.113.7/32");
  }

  @Test
  void aListThatCannotBeReadIsKnownToWhoeverMayOverlapIt() {
    var unread =
        new Allowlist("b", List.of(), Allowlist.DEFAULT_DOUBLE_RUN, Optional.of("answered 503"));
    var red = domain("red.test", "red", "gw").allowlist(list("r", "192.0.2.0/24"));
    var far = domain("far.test", "far", "gw2").allowlist(list("f", "192.0.2.0/24"));
    var own = domain("own.test", "blue", "gw").allowlist(list("o", "198.51.100.0/24"));
    var blue = domain("blue.test", "blue", "gw").allowlist(unread);

    assertThat(of("red.test", red, far, own, blue).unread())
        .hasValue("the allowlist b of the tenant blue: answered 503");
    assertThat(of("far.test", red, far, own, blue).unread()).isEmpty();
    assertThat(of("own.test", red, far, own, blue).unread()).isEmpty();
  }

  @Test
  void theProvidersOfThoseWhoOverlapAreKnown() {
    var provider =
        Prescription.of("house", "house", Role.INBOUND)
            .netblocks(List.of(DnsName.of("_spf.provider.test")))
            .networks(List.of(Cidr.parse("192.0.2.0/24")))
            .feeds(List.of("feed"));
    var own =
        Prescription.of("gw", "gw", Role.GATEWAY).netblocks(List.of(DnsName.of("_spf.house.test")));
    var red = domain("red.test", "red", "gw").allowlist(list("r", "192.0.2.0/24"));
    var blue =
        domain("blue.test", "blue", "gw")
            .allowlist(list("b", "192.0.2.0/24"))
            .prescriptions(List.of(own));
    var second =
        domain("second.test", "blue", "gw")
            .allowlist(list("b", "192.0.2.0/24"))
            .prescriptions(List.of(provider));

    assertThat(of("red.test", red, blue, second).providers())
        .isEqualTo(
            new Neighbours.Sources(
                java.util.Set.of(DnsName.of("_spf.provider.test")),
                java.util.Set.of(Cidr.parse("192.0.2.0/24")),
                java.util.Set.of("feed")));
    assertThat(of("blue.test", red, blue, second).providers()).isEqualTo(Neighbours.Sources.NONE);
  }

  @Test
  void oneListOfTwoTenantsOverlapsItself() {
    var list = list("shared", "192.0.2.0/24");

    assertThat(
            overlaps(
                of(
                    "red.test",
                    domain("red.test", "red", "gw").allowlist(list),
                    domain("blue.test", "blue", "gw").allowlist(list))))
        .containsExactly("192.0.2.0/24 blue blue.test shared 192.0.2.0/24");
  }

  @Test
  void gatewaysThatAreKnownToBeDifferentKeepListsApart() {
    var red = domain("red.test", "red", "gw1").allowlist(list("r", "192.0.2.0/24"));
    var blue = domain("blue.test", "blue", "gw2").allowlist(list("b", "192.0.2.0/24"));
    var unknown = domain("any.test", "green").allowlist(list("g", "192.0.2.0/24"));

    assertThat(of("red.test", red, blue)).isEqualTo(Neighbours.NONE);
    assertThat(overlaps(of("red.test", red, blue, unknown)))
        .containsExactly("192.0.2.0/24 green any.test g 192.0.2.0/24");
    assertThat(overlaps(of("any.test", red, blue, unknown))).hasSize(1);
  }

  @Test
  void placeholdersEmptyListsAndUnreadableOnesOverlapNothing() {
    var unreadable = new Allowlist("u", List.of(), Allowlist.DEFAULT_DOUBLE_RUN, Optional.of("x"));

    assertThat(
            of(
                "red.test",
                domain("red.test", "red", "gw").allowlist(list("r", "10.255.255.254")),
                domain("blue.test", "blue", "gw2").allowlist(list("b", "10.255.255.254")),
                domain("green.test", "green").allowlist(list("g")),
                domain("grey.test", "grey").allowlist(unreadable)))
        .isEqualTo(Neighbours.NONE);
  }

  @Test
  void aNeighbourhoodThatIsTheSameAgainLeavesTheDomainsAsTheyAre() {
    var once =
        Neighbourhood.settled(
            List.of(domain("red.test", "red", "gw"), domain("blue.test", "blue", "gw")));

    assertThat(Neighbourhood.settled(once).getFirst()).isSameAs(once.getFirst());
    assertThat(once.getFirst().neighbours().sharesAGateway()).isTrue();
  }

  @Test
  void manyTenantsAreNamedByAFew() {
    var domains =
        IntStream.range(0, 100).mapToObj(n -> domain(n + ".test", "t" + n, "gw")).toList();

    var neighbours = Neighbourhood.of(domains).of(DnsName.of("7.test"));

    assertThat(neighbours.tenants()).containsExactly("t0", "t1", "t10", "t11", "t12");
    assertThat(neighbours.moreTenants()).isEqualTo(94);
  }

  /** The work of 10,000 domains, counted: ten times the domains of 1,000, ten times the work. */
  @Test
  void workGrowsWithTheFleetAndNotWithItsSquare() {
    assertThat(steps(10_000)).isLessThan(12 * steps(1_000));
    assertThat(steps(10_000)).isLessThan(10_000 * 400L);
  }

  /** The worst of everything: own tenants and lists on few gateways, one wide entry each. */
  private static long steps(int size) {
    var domains = new ArrayList<ManagedDomain>();
    for (var n = 0; n < size; n++) {
      var own = "10." + n / 250 % 250 + "." + n % 250 + ".0/24";
      domains.add(
          domain(n + ".test", "t" + n % (size / 2), "gw" + n % 7)
              .allowlist(
                  list(
                      "l" + n, own, "192.0.2.0/24", "198.51.100.0/24", "10.0.0.0/8", "0.0.0.0/0")));
    }
    return Neighbourhood.of(domains).steps();
  }
}
