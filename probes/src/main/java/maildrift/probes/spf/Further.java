package maildrift.probes.spf;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.Outcome;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.PublicSuffixes;
import maildrift.probes.spf.SpfObservation.Helo;
import maildrift.probes.spf.SpfObservation.Tried;

/**
 * What is asked beyond the tree, and only where it shows something odd: macros are tried with
 * addresses that nobody owns, and the domains behind dead names are looked for at their registry.
 */
record Further(List<Tried> strangers, Set<DnsName> unregistered) {
  private static final Further NOTHING = new Further(List.of(), Set.of());

  /** Of the documentation ranges (RFC 5737, RFC 3849): nobody sends from there. */
  private static final List<String> STRANGERS = List.of("198.51.100.77", "2001:db8:77::77");

  private static final int MOST_DOMAINS = 10;
  private static final int MOST_ADDRESSES = 4;

  static Further of(SpfTree tree, Dns dns) {
    var signs = new Signs();
    signs.collect(tree.root());
    if (!signs.macros && signs.dead.isEmpty()) {
      return NOTHING;
    }
    return new Further(
        signs.macros ? strangers(tree.domain(), dns) : List.of(),
        unregistered(signs.dead, tree.domain(), dns));
  }

  /** What the tree shows of the odd. */
  private static final class Signs {
    private final Set<String> dead = new LinkedHashSet<>();
    private boolean macros;

    void collect(SpfTree.Policy policy) {
      for (var node : policy.nodes()) {
        if (node.ignored()) {
          continue;
        }
        if (node.opaque()) {
          macros |= node.term().names().isPresent();
        } else if (node.outcome() == Outcome.ABSENT && dead.size() < MOST_DOMAINS) {
          dead(node).ifPresent(dead::add);
        }
        if (node.target().isPresent()) {
          collect(node.target().get());
        }
      }
    }

    private static Optional<String> dead(SpfTree.Node node) {
      return node.target()
          .map(SpfTree.Policy::name)
          .or(
              () ->
                  node.term()
                      .names()
                      .filter(spec -> !spec.macros().hasMacros())
                      .map(DomainSpec::toString));
    }
  }

  private static List<Tried> strangers(DnsName domain, Dns dns) {
    return STRANGERS.stream()
        .map(
            address ->
                new Tried(
                    address,
                    SpfCheck.check(address, domain.toString(), "postmaster@" + domain, dns)))
        .toList();
  }

  /** A registry answers NXDOMAIN for what it does not know. */
  private static Set<DnsName> unregistered(Set<String> dead, DnsName domain, Dns dns) {
    var own = PublicSuffixes.organizational(domain);
    var candidates = new LinkedHashSet<DnsName>();
    for (var name : dead) {
      DomainSpec.name(name)
          .flatMap(PublicSuffixes::registrable)
          .filter(registrable -> !registrable.equals(own))
          .ifPresent(candidates::add);
    }
    var names = List.copyOf(candidates);
    var unregistered = new LinkedHashSet<DnsName>();
    for (var name : names) {
      if (dns.ask(name, RecordType.NS) instanceof Answer.NoSuchName gone
          && gone.aliases().isEmpty()) {
        unregistered.add(name);
      }
    }
    return unregistered;
  }

  /** The names that the declared gateways say of themselves; each is a record of its own. */
  static List<Helo> helos(ManagedDomain domain, Dns dns) {
    if (domain.gateways().isEmpty()) {
      return List.of();
    }
    var helos = new ArrayList<Helo>();
    for (var gateway : domain.gateways()) {
      var name = gateway.heloName();
      if (name.isEmpty()
          || name.get().equals(domain.name())
          || helos.stream().anyMatch(known -> known.name().equals(name.get()))) {
        continue;
      }
      var policy = dns.ask(new Question(name.get(), RecordType.TXT));
      var hasRecord =
          policy.records(Rdata.Txt.class).stream().anyMatch(text -> SpfRecord.isSpf(text.joined()));
      var tried =
          hasRecord
              ? gateway.addresses().stream()
                  .limit(MOST_ADDRESSES)
                  .map(
                      address ->
                          new Tried(
                              address.getHostAddress(),
                              SpfCheck.check(address, name.get().toString(), "", dns)))
                  .toList()
              : List.<Tried>of();
      helos.add(new Helo(name.get(), policy, tried));
    }
    return helos;
  }
}
