package maildrift.probes.network;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What an allowlist lacks and what it has too much, compared with what a provider publishes, as
 * sets of addresses and not as text: two halves are as good as the whole.
 *
 * @param missing published and not accepted, so that mail from there is refused; as published, or
 *     the uncovered parts of what is published
 * @param stale entries that cover nothing published, so that strangers may relay; as written. A
 *     single private address is a placeholder and never stale
 * @param wider entries that cover published addresses and others; as written
 * @param paste the list that would be right, as published, each address once
 */
public record Drift(List<Cidr> missing, List<Cidr> stale, List<Cidr> wider, List<Cidr> paste) {

  public Drift {
    missing = List.copyOf(missing);
    stale = List.copyOf(stale);
    wider = List.copyOf(wider);
    paste = List.copyOf(paste);
  }

  /**
   * Compares. An empty allowlist is taken at its word here: it accepts nothing. (A gateway takes it
   * to accept all; that is the caller's to say.)
   */
  public static Drift between(Collection<Cidr> published, Collection<Cidr> allowlist) {
    var wanted = NetworkSet.of(published);
    var accepted = NetworkSet.of(allowlist);
    var paste = once(published);
    var missing = new ArrayList<Cidr>();
    for (var network : paste) {
      if (!accepted.overlaps(network)) {
        missing.add(network);
      } else {
        missing.addAll(NetworkSet.of(List.of(network)).minus(accepted).networks());
      }
    }
    var stale = new ArrayList<Cidr>();
    var wider = new ArrayList<Cidr>();
    for (var entry : new LinkedHashSet<>(allowlist)) {
      if (!wanted.overlaps(entry)) {
        if (!SpecialNetworks.isPlaceholder(entry)) {
          stale.add(entry);
        }
      } else if (!wanted.contains(entry)) {
        wider.add(entry);
      }
    }
    return new Drift(missing, stale, wider, paste);
  }

  /** In the given order, without the networks that another one covers. */
  private static List<Cidr> once(Collection<Cidr> networks) {
    var widest = new LinkedHashSet<Cidr>();
    var last = Optional.<Cidr>empty();
    for (var network : new TreeSet<>(networks)) {
      if (last.filter(wider -> wider.contains(network)).isEmpty()) {
        widest.add(network);
        last = Optional.of(network);
      }
    }
    return new LinkedHashSet<>(networks).stream().filter(widest::contains).toList();
  }

  /** The allowlist accepts what is published, and nothing else (placeholders excepted). */
  public boolean isEmpty() {
    return missing.isEmpty() && stale.isEmpty() && wider.isEmpty();
  }

  /** One network a line: {@code + missing}, {@code - stale}, {@code ~ wider}; empty: no drift. */
  public List<String> lines() {
    return Stream.of(marked("+ ", missing), marked("- ", stale), marked("~ ", wider))
        .flatMap(lines -> lines)
        .toList();
  }

  private static Stream<String> marked(String mark, List<Cidr> networks) {
    return networks.stream().map(network -> mark + network);
  }
}
