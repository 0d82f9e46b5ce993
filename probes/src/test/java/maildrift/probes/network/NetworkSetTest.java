package maildrift.probes.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares the algebra with bit sets over one small block of addresses in either family. */
class NetworkSetTest {

  /** The block: the last eight bits of the address vary. */
  private static final int BLOCK = 256;

  static IntStream seeds() {
    return IntStream.range(0, 400);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void agreesWithANaiveModel(int seed) {
    var random = new Random(seed);
    var base = Cidr.parse(seed % 2 == 0 ? "192.0.2.0/24" : "2001:db8::ff00/120");
    var left = networks(random, base);
    var right = networks(random, base);
    var a = NetworkSet.of(left);
    var b = NetworkSet.of(right);
    var modelA = model(left);
    var modelB = model(right);

    assertThat(model(a.networks())).isEqualTo(modelA);
    assertThat(a.size().intValueExact()).as("disjoint").isEqualTo(modelA.cardinality());
    assertThat(model(a.plus(b).networks())).isEqualTo(or(modelA, modelB));
    assertThat(model(a.minus(b).networks())).isEqualTo(andNot(modelA, modelB));
    assertThat(model(a.intersect(b).networks())).isEqualTo(and(modelA, modelB));
    assertThat(a.equals(b)).isEqualTo(modelA.equals(modelB));
    assertThat(a.networks()).isSorted();
    for (var probe : networks(random, base)) {
      var wanted = model(List.of(probe));
      assertThat(a.contains(probe)).isEqualTo(andNot(wanted, modelA).isEmpty());
      assertThat(a.overlaps(probe)).isEqualTo(wanted.intersects(modelA));
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void isTheShortestListHoweverItWasWritten(int seed) {
    var random = new Random(seed);
    var networks = networks(random, Cidr.parse("192.0.2.0/24"));
    var singles = new ArrayList<Cidr>();
    model(networks).stream()
        .forEach(last -> singles.add(Cidr.of(new byte[] {(byte) 192, 0, 2, (byte) last}, 32)));
    java.util.Collections.shuffle(singles, random);

    var set = NetworkSet.of(networks);

    assertThat(NetworkSet.of(singles)).isEqualTo(set).hasSameHashCodeAs(set);
    assertThat(NetworkSet.of(singles).networks()).isEqualTo(set.networks());
  }

  @Test
  void joinsSiblingsAndSwallowsWhatIsCovered() {
    assertThat(set("10.0.0.0/23", "10.0.2.0/23")).hasToString("[10.0.0.0/22]");
    assertThat(set("10.0.2.0/23", "10.0.4.0/23")).hasToString("[10.0.2.0/23, 10.0.4.0/23]");
    assertThat(set("10.0.0.0/8", "10.1.2.3", "10.1.2.3")).hasToString("[10.0.0.0/8]");
    assertThat(set("0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1"))
        .hasToString("[0.0.0.0/0, ::/0]");
  }

  @Test
  void takesOneAddressOutOfTheWholeOfIpv6() {
    var rest = set("::/0").minus(set("2001:db8::1"));

    assertThat(rest.networks()).hasSize(128);
    assertThat(rest.overlaps(Cidr.parse("2001:db8::1"))).isFalse();
    assertThat(rest.plus(set("2001:db8::1"))).isEqualTo(set("::/0"));
  }

  @Test
  void theEmptySetHoldsNothing() {
    assertThat(NetworkSet.EMPTY.isEmpty()).isTrue();
    assertThat(NetworkSet.EMPTY.contains(Cidr.parse("192.0.2.1"))).isFalse();
    assertThat(NetworkSet.EMPTY.overlaps(Cidr.parse("0.0.0.0/0"))).isFalse();
    assertThat(set("192.0.2.0/24").minus(set("192.0.2.0/24"))).isEqualTo(NetworkSet.EMPTY);
  }

  @Test
  void isWrittenOneNetworkALine() {
    assertThat(set("2001:db8::/32", "198.51.100.0/24", "192.0.2.0/24").lines())
        .isEqualTo("192.0.2.0/24\n198.51.100.0/24\n2001:db8::/32");
  }

  private static NetworkSet set(String... networks) {
    return NetworkSet.of(List.of(networks).stream().map(Cidr::parse).toList());
  }

  private static List<Cidr> networks(Random random, Cidr base) {
    var bits = base.address().length * 8;
    return random
        .ints(random.nextInt(8), 0, BLOCK)
        .mapToObj(
            last -> {
              var address = base.address();
              address[address.length - 1] = (byte) last;
              return Cidr.of(address, bits - random.nextInt(9));
            })
        .toList();
  }

  private static BitSet model(List<Cidr> networks) {
    var addresses = new BitSet();
    for (var network : networks) {
      var address = network.address();
      var first = address[address.length - 1] & 0xff;
      addresses.set(first, first + network.size().intValueExact());
    }
    return addresses;
  }

  private static BitSet or(BitSet a, BitSet b) {
    var out = (BitSet) a.clone();
    out.or(b);
    return out;
  }

  private static BitSet and(BitSet a, BitSet b) {
    var out = (BitSet) a.clone();
    out.and(b);
    return out;
  }

  private static BitSet andNot(BitSet a, BitSet b) {
    var out = (BitSet) a.clone();
    out.andNot(b);
    return out;
  }
}
