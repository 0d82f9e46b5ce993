package maildrift.probes.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DriftTest {

  /** Mimecast's region de on 17 December 2024. */
  private static final List<Cidr> DE =
      networks(
          "51.163.158.0/24",
          "194.104.109.0/24",
          "194.104.111.0/24",
          "194.104.110.21/32",
          "194.104.110.240/28",
          "62.140.10.21/32",
          "62.140.7.0/24",
          "194.104.108.240/29",
          "194.104.108.21/32");

  @Test
  void theSameAddressesAreNoDriftHoweverTheyAreCut() {
    assertThat(Drift.between(DE, DE).isEmpty()).isTrue();
    assertThat(Drift.between(DE, DE.reversed()).isEmpty()).isTrue();
    assertThat(
            Drift.between(networks("192.0.2.0/24", "192.0.3.0/24"), networks("192.0.2.0/23"))
                .isEmpty())
        .isTrue();
    assertThat(
            Drift.between(
                    networks("192.0.2.0/24"),
                    networks("192.0.2.128/25", "192.0.2.0/26", "192.0.2.64/26"))
                .isEmpty())
        .isTrue();
  }

  @Test
  void aNetworkThatTheProviderAddedIsMissing() {
    var drift = Drift.between(DE, DE.stream().filter(n -> n.prefix() != 32).toList());

    assertThat(drift.missing())
        .isEqualTo(networks("194.104.110.21/32", "62.140.10.21/32", "194.104.108.21/32"));
    assertThat(drift.stale()).isEmpty();
    assertThat(drift.wider()).isEmpty();
    assertThat(drift.paste()).isEqualTo(DE);
  }

  @Test
  void onlyTheUncoveredPartIsMissing() {
    var drift = Drift.between(networks("192.0.2.0/24"), networks("192.0.2.0/26"));

    assertThat(drift.missing()).isEqualTo(networks("192.0.2.64/26", "192.0.2.128/25"));
    assertThat(drift.wider()).isEmpty();
  }

  @Test
  void anEntryThatCoversNothingPublishedIsStaleAndOneThatCoversMoreIsWider() {
    var drift =
        Drift.between(
            networks("192.0.2.0/25"), networks("192.0.2.0/24", "198.51.100.0/24", "2001:db8::/32"));

    assertThat(drift.missing()).isEmpty();
    assertThat(drift.stale()).isEqualTo(networks("198.51.100.0/24", "2001:db8::/32"));
    assertThat(drift.wider()).isEqualTo(networks("192.0.2.0/24"));
    assertThat(drift.lines())
        .containsExactly("- 198.51.100.0/24", "- 2001:db8::/32", "~ 192.0.2.0/24");
  }

  @Test
  void aPrivatePlaceholderAddressIsNotStaleButAPrivateNetworkIs() {
    var drift =
        Drift.between(
            networks("192.0.2.0/24"),
            networks("192.0.2.0/24", "10.255.255.254", "fd00::1", "10.0.0.0/8", "203.0.113.1"));

    assertThat(drift.stale()).isEqualTo(networks("10.0.0.0/8", "203.0.113.1"));
  }

  @Test
  void theListToPasteIsAsPublishedWithEachAddressOnce() {
    var drift =
        Drift.between(
            networks("192.0.2.0/25", "198.51.100.0/24", "192.0.2.0/24", "192.0.2.0/25"),
            networks());

    assertThat(drift.paste()).isEqualTo(networks("198.51.100.0/24", "192.0.2.0/24"));
    assertThat(drift.missing()).isEqualTo(drift.paste());
    assertThat(drift.lines()).containsExactly("+ 198.51.100.0/24", "+ 192.0.2.0/24");
  }

  static IntStream seeds() {
    return IntStream.range(0, 300);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void addingWhatIsMissingAndDroppingTheRestLeavesNoDrift(int seed) {
    var random = new Random(seed);
    var published = random(random);
    var allowlist = random(random);

    var drift = Drift.between(published, allowlist);

    var covered = NetworkSet.of(allowlist).plus(NetworkSet.of(drift.missing()));
    assertThat(NetworkSet.of(published).minus(covered)).isEqualTo(NetworkSet.EMPTY);
    assertThat(NetworkSet.of(drift.missing()).intersect(NetworkSet.of(allowlist)))
        .isEqualTo(NetworkSet.EMPTY);
    assertThat(NetworkSet.of(drift.stale()).intersect(NetworkSet.of(published)))
        .isEqualTo(NetworkSet.EMPTY);
    assertThat(Drift.between(published, drift.paste()).isEmpty()).isTrue();
    assertThat(drift.isEmpty())
        .isEqualTo(NetworkSet.of(published).equals(NetworkSet.of(allowlist)));
  }

  private static List<Cidr> random(Random random) {
    return random
        .ints(random.nextInt(6), 0, 256)
        .mapToObj(
            last -> Cidr.of(new byte[] {(byte) 192, 0, 2, (byte) last}, 32 - random.nextInt(9)))
        .toList();
  }

  private static List<Cidr> networks(String... texts) {
    return List.of(texts).stream().map(Cidr::parse).toList();
  }
}
