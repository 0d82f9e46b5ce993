package maildrift.probes.network;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;

/**
 * A set of addresses, kept as the fewest networks that cover exactly them, in order. Two sets are
 * equal when they hold the same addresses, however they were written.
 */
public final class NetworkSet {
  public static final NetworkSet EMPTY = new NetworkSet(List.of());

  private final List<Cidr> networks;

  private NetworkSet(List<Cidr> networks) {
    this.networks = List.copyOf(networks);
  }

  public static NetworkSet of(Collection<Cidr> networks) {
    var merged = new ArrayList<Cidr>();
    for (var next : new TreeSet<>(networks)) {
      if (!merged.isEmpty() && merged.getLast().contains(next)) {
        continue;
      }
      merged.add(next);
      joinSiblings(merged);
    }
    return merged.isEmpty() ? EMPTY : new NetworkSet(merged);
  }

  private static void joinSiblings(List<Cidr> merged) {
    while (merged.size() > 1) {
      var last = merged.getLast();
      var before = merged.get(merged.size() - 2);
      if (last.prefix() == 0
          || before.prefix() != last.prefix()
          || before.isIpv4() != last.isIpv4()) {
        return;
      }
      var parent = Cidr.of(before.address(), before.prefix() - 1);
      if (!parent.contains(last)) {
        return;
      }
      merged.removeLast();
      merged.removeLast();
      merged.add(parent);
    }
  }

  /** The fewest networks that cover exactly this set, IPv4 first. */
  public List<Cidr> networks() {
    return networks;
  }

  public boolean isEmpty() {
    return networks.isEmpty();
  }

  public BigInteger size() {
    return networks.stream().map(Cidr::size).reduce(BigInteger.ZERO, BigInteger::add);
  }

  public boolean contains(InetAddress address) {
    return contains(Cidr.of(address));
  }

  /** Whether every address of {@code network} is in the set. */
  public boolean contains(Cidr network) {
    var before = lastUpTo(network);
    return before >= 0 && networks.get(before).contains(network);
  }

  public boolean overlaps(Cidr network) {
    var before = lastUpTo(network);
    return (before >= 0 && networks.get(before).contains(network))
        || (before + 1 < networks.size() && network.contains(networks.get(before + 1)));
  }

  /**
   * The last own network that does not come after {@code network}, or -1. The networks are disjoint
   * and in order, so that no other one can contain it.
   */
  private int lastUpTo(Cidr network) {
    var at = Collections.binarySearch(networks, network);
    return at >= 0 ? at : -at - 2;
  }

  public NetworkSet plus(NetworkSet other) {
    var all = new ArrayList<>(networks);
    all.addAll(other.networks);
    return of(all);
  }

  /** The addresses of this set that are not in {@code other}. */
  public NetworkSet minus(NetworkSet other) {
    var left = new ArrayList<Cidr>();
    networks.forEach(network -> subtract(network, other, left));
    return of(left);
  }

  public NetworkSet intersect(NetworkSet other) {
    return minus(minus(other));
  }

  private static void subtract(Cidr network, NetworkSet other, List<Cidr> left) {
    if (other.contains(network)) {
      return;
    }
    if (!other.overlaps(network)) {
      left.add(network);
      return;
    }
    var half = Cidr.of(network.address(), network.prefix() + 1);
    subtract(half, other, left);
    subtract(sibling(half), other, left);
  }

  private static Cidr sibling(Cidr lower) {
    var upper = lower.address();
    var bit = lower.prefix() - 1;
    upper[bit / 8] ^= (byte) (0x80 >> (bit % 8));
    return Cidr.of(upper, lower.prefix());
  }

  /** One network a line in {@link Cidr} order, ready for a form. */
  public String lines() {
    return lines(networks);
  }

  /** The given networks one a line, in the given order. */
  public static String lines(Collection<Cidr> networks) {
    return String.join("\n", networks.stream().map(Cidr::toString).toList());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NetworkSet set && set.networks.equals(networks);
  }

  @Override
  public int hashCode() {
    return networks.hashCode();
  }

  @Override
  public String toString() {
    return networks.toString();
  }
}
