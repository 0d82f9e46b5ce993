package maildrift.probes.domain;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import maildrift.probes.dns.DnsName;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.SpecialNetworks;

/**
 * Works out which of an operator's domains have to do with each other: tenants on one gateway, and
 * allowlists of different tenants that overlap where their gateways are not known to be different.
 *
 * <p>Ten thousand domains are sorted and swept, never compared with each other: a list that many
 * domains name counts once for each tenant and gateway, and of each entry a few neighbours will do.
 */
public final class Neighbourhood {
  private static final int MOST_TENANTS = 5;
  private static final int MOST_OVERLAPS = 4;

  /** Of providers whose networks are known to be shared. */
  private static final int MOST_SOURCES = 8;

  private static final int MOST_NETWORKS = 500;

  /** Entries inside one wide entry that are looked at before the rest is left out. */
  private static final int MOST_INSIDE = 200;

  /** Of all gateways, and of none that is declared. */
  private static final String ANYWHERE = "";

  private final Map<DnsName, Neighbours> neighbours = new HashMap<>();
  private final SortedMap<Cidr, Entry> entries = new TreeMap<>();

  /** Whose lists cannot be read now. */
  private final Entry unread = new Entry();

  private long steps;

  private Neighbourhood() {}

  /**
   * Those who use one list in the same way.
   *
   * @param gateways ids; empty: not known
   */
  private record Party(String allowlist, String tenant, Set<String> gateways) {}

  /** A party by its first domain, and its list. */
  private record Member(Party party, DnsName first, Allowlist list) {}

  /** Whoever has one network in a list, by gateway: the first ones of two tenants are enough. */
  private static final class Entry {
    private final Map<String, List<Member>> byGateway = new HashMap<>();

    /** The networks of other lists around this one, the innermost last. */
    private List<Cidr> around = List.of();

    void add(String gateway, Member member) {
      var known = byGateway.computeIfAbsent(gateway, _ -> new ArrayList<>(2));
      if (known.size() < 2
          && known.stream().noneMatch(other -> isSameTenant(other.party, member.party))) {
        known.add(member);
      }
    }

    /** Somebody else who may stand on the same gateway. */
    Optional<Member> stranger(Party party) {
      if (party.gateways.isEmpty()) {
        return stranger(party, EVERYWHERE);
      }
      for (var gateway : party.gateways) {
        var found = stranger(party, gateway);
        if (found.isPresent()) {
          return found;
        }
      }
      return stranger(party, ANYWHERE);
    }

    private Optional<Member> stranger(Party party, String gateway) {
      return byGateway.getOrDefault(gateway, List.of()).stream()
          .filter(member -> !isSameTenant(member.party, party))
          .findFirst();
    }
  }

  /** Everywhere that somebody of the party stands. */
  private static void enter(Entry entry, Member member) {
    entry.add(EVERYWHERE, member);
    if (member.party.gateways.isEmpty()) {
      entry.add(ANYWHERE, member);
    }
    member.party.gateways.forEach(gateway -> entry.add(gateway, member));
  }

  /** A key that no gateway can have, since names are not blank. */
  private static final String EVERYWHERE = " ";

  private static boolean isSameTenant(Party one, Party other) {
    return one.tenant.equals(other.tenant);
  }

  /** Of all domains that are watched. */
  public static Neighbourhood of(Collection<ManagedDomain> domains) {
    var neighbourhood = new Neighbourhood();
    neighbourhood.work(domains);
    return neighbourhood;
  }

  /** The same domains, each knowing its neighbours. */
  public static List<ManagedDomain> settled(Collection<ManagedDomain> domains) {
    var neighbourhood = of(domains);
    return domains.stream()
        .map(
            domain -> {
              var neighbours = neighbourhood.of(domain.name());
              return neighbours.equals(domain.neighbours())
                  ? domain
                  : domain.neighbours(neighbours);
            })
        .toList();
  }

  public Neighbours of(DnsName domain) {
    return neighbours.getOrDefault(domain, Neighbours.NONE);
  }

  /** How much there was to do, for the test that it does not grow with the square. */
  long steps() {
    return steps;
  }

  private void work(Collection<ManagedDomain> domains) {
    var tenants = tenants(domains);
    var members = members(domains);
    members.values().forEach(this::enter);
    unread(domains).forEach(member -> enter(unread, member));
    var sources = sources(domains);
    nest();
    var overlaps = new HashMap<Party, List<Neighbours.Overlap>>();
    members.forEach((party, member) -> overlaps.put(party, overlaps(member)));
    var unions = new HashMap<Set<String>, List<String>>();
    for (var domain : domains) {
      steps++;
      var shared = shared(domain, tenants, unions);
      var party = party(domain);
      var own = party.map(overlaps::get).orElse(List.of());
      var settled =
          new Neighbours(shared.first, shared.count - shared.first.size(), own)
              .providers(sources(own, sources));
      var hidden =
          party
              .filter(_ -> domain.allowlist().filter(Neighbourhood::acceptsAnybody).isPresent())
              .flatMap(unread::stranger)
              .map(Neighbourhood::whose);
      settled = hidden.map(settled::unread).orElse(settled);
      if (!settled.equals(Neighbours.NONE)) {
        neighbours.put(domain.name(), settled);
      }
    }
  }

  // ---- Tenants on one gateway

  private Map<String, Set<String>> tenants(Collection<ManagedDomain> domains) {
    var tenants = new HashMap<String, Set<String>>();
    for (var domain : domains) {
      for (var gateway : domain.gateways()) {
        steps++;
        tenants.computeIfAbsent(gateway.id(), _ -> new TreeSet<>()).add(domain.tenant().id());
      }
    }
    return tenants;
  }

  private record Shared(List<String> first, int count) {}

  /** Domains that name no tenant are nobody's in particular, so that they make no neighbours. */
  private Shared shared(
      ManagedDomain domain,
      Map<String, Set<String>> tenants,
      Map<Set<String>, List<String>> unions) {
    var all =
        unions.computeIfAbsent(
            gateways(domain),
            ids -> {
              var union = new TreeSet<String>();
              ids.forEach(id -> union.addAll(tenants.getOrDefault(id, Set.of())));
              union.remove(Tenant.NONE.id());
              steps += union.size();
              return List.copyOf(union);
            });
    var own = domain.tenant().id();
    if (own.isEmpty()) {
      return new Shared(List.of(), 0);
    }
    var first =
        all.stream()
            .limit(MOST_TENANTS + 1L)
            .filter(tenant -> !tenant.equals(own))
            .limit(MOST_TENANTS)
            .toList();
    return new Shared(first, all.isEmpty() ? 0 : all.size() - 1);
  }

  private static Set<String> gateways(ManagedDomain domain) {
    var ids = new LinkedHashSet<String>();
    domain.gateways().forEach(gateway -> ids.add(gateway.id()));
    return ids;
  }

  // ---- Allowlists

  private static Optional<Party> party(ManagedDomain domain) {
    return ofTenant(domain)
        .filter(list -> list.unreadable().isEmpty())
        .map(list -> party(domain, list));
  }

  private static Party party(ManagedDomain domain, Allowlist list) {
    return new Party(list.name(), domain.tenant().id(), gateways(domain));
  }

  private static Optional<Allowlist> ofTenant(ManagedDomain domain) {
    return domain.allowlist().filter(_ -> !domain.tenant().id().isEmpty());
  }

  private static Collection<Member> unread(Collection<ManagedDomain> domains) {
    var members = new LinkedHashMap<Party, Member>();
    for (var domain : domains) {
      ofTenant(domain)
          .filter(list -> list.unreadable().isPresent())
          .ifPresent(
              list -> {
                var party = party(domain, list);
                members.putIfAbsent(party, new Member(party, domain.name(), list));
              });
    }
    return members.values();
  }

  /** What holds nothing but placeholders overlaps nobody's list. */
  private static boolean acceptsAnybody(Allowlist list) {
    return list.entries().stream().anyMatch(entry -> !SpecialNetworks.isPlaceholder(entry));
  }

  private static String whose(Member member) {
    return "the allowlist %s of the tenant %s: %s"
        .formatted(
            member.list.name(), member.party.tenant, member.list.unreadable().orElse("unread"));
  }

  /** Of whom two tenants have the same networks without doing anything: by tenant and list. */
  private record Using(String tenant, String allowlist) {}

  private static Map<Using, Neighbours.Sources> sources(Collection<ManagedDomain> domains) {
    var all = new HashMap<Using, Published>();
    for (var domain : domains) {
      ofTenant(domain)
          .ifPresent(
              list ->
                  all.computeIfAbsent(
                          new Using(domain.tenant().id(), list.name()), _ -> new Published())
                      .add(domain));
    }
    var sources = new HashMap<Using, Neighbours.Sources>();
    all.forEach((using, published) -> sources.put(using, published.sources()));
    return sources;
  }

  private static Neighbours.Sources sources(
      List<Neighbours.Overlap> overlaps, Map<Using, Neighbours.Sources> sources) {
    var together = new Published();
    overlaps.stream()
        .map(one -> new Using(one.tenant(), one.allowlist()))
        .distinct()
        .forEach(
            using ->
                together.add(
                    Optional.ofNullable(sources.get(using)).orElse(Neighbours.Sources.NONE)));
    return together.sources();
  }

  /** Gathers what profiles name, a few of each. */
  private static final class Published {
    private final Set<DnsName> names = new LinkedHashSet<>();
    private final Set<Cidr> networks = new LinkedHashSet<>();
    private final Set<String> feeds = new LinkedHashSet<>();

    void add(ManagedDomain domain) {
      for (var by : domain.prescriptions()) {
        // A gateway's networks are the operator's own.
        if (by.role() != Role.GATEWAY) {
          add(by.netblocks(), by.networks(), by.feeds());
        }
      }
    }

    void add(Neighbours.Sources more) {
      add(more.names(), more.networks(), more.feeds());
    }

    private void add(
        Collection<DnsName> moreNames, Collection<Cidr> moreNetworks, Collection<String> more) {
      some(names, moreNames, MOST_SOURCES);
      some(networks, moreNetworks, MOST_NETWORKS);
      some(feeds, more, MOST_SOURCES);
    }

    private static <T> void some(Set<T> to, Collection<T> more, int most) {
      more.stream().limit(most).filter(_ -> to.size() < most).forEach(to::add);
    }

    Neighbours.Sources sources() {
      return new Neighbours.Sources(names, networks, feeds);
    }
  }

  private Map<Party, Member> members(Collection<ManagedDomain> domains) {
    var members = new HashMap<Party, Member>();
    for (var domain : domains) {
      steps++;
      party(domain)
          .ifPresent(
              party ->
                  members.putIfAbsent(
                      party, new Member(party, domain.name(), domain.allowlist().orElseThrow())));
    }
    return members;
  }

  private void enter(Member member) {
    for (var network : member.list.entries()) {
      if (!SpecialNetworks.isPlaceholder(network)) {
        steps++;
        var entry = entries.computeIfAbsent(network, _ -> new Entry());
        enter(entry, member);
      }
    }
  }

  /** In order a network comes right before those inside it; two networks never cross. */
  private void nest() {
    Deque<Cidr> open = new ArrayDeque<>();
    entries.forEach(
        (network, entry) -> {
          while (!open.isEmpty() && !open.getLast().contains(network)) {
            open.removeLast();
            steps++;
          }
          steps++;
          entry.around = List.copyOf(open);
          open.addLast(network);
        });
  }

  private List<Neighbours.Overlap> overlaps(Member member) {
    var overlaps = new ArrayList<Neighbours.Overlap>();
    for (var own : new LinkedHashSet<>(member.list.entries())) {
      var entry = entries.get(own);
      if (entry == null) {
        continue;
      }
      var most = overlaps.size() + MOST_OVERLAPS;
      add(member, own, own, overlaps);
      for (var around : entry.around) {
        if (overlaps.size() < most) {
          add(member, own, around, overlaps);
        }
      }
      var inside = 0;
      for (var other : entries.tailMap(own).keySet()) {
        if (!own.contains(other) || overlaps.size() >= most || inside++ > MOST_INSIDE) {
          break;
        }
        if (!other.equals(own)) {
          add(member, own, other, overlaps);
        }
      }
    }
    return List.copyOf(overlaps);
  }

  private void add(Member member, Cidr own, Cidr other, List<Neighbours.Overlap> overlaps) {
    steps++;
    Optional.ofNullable(entries.get(other))
        .flatMap(entry -> entry.stranger(member.party))
        .ifPresent(
            stranger ->
                overlaps.add(
                    new Neighbours.Overlap(
                        own,
                        stranger.party.tenant,
                        stranger.first,
                        stranger.party.allowlist,
                        other)));
  }
}
