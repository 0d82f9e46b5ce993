package maildrift.probes.mx;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.Context;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.dns.ReverseName;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription.MxSet;
import maildrift.probes.domain.PublicSuffixes;

/** Does the domain's mail go where it should, and does every MX host exist? (RFC 5321 §5.1) */
public final class MxProbe implements Probe<MxSeen> {
  static final String NAME = "mx";

  /** Of more hosts than anybody has, the addresses stay unseen. */
  static final int MOST_HOSTS = 20;

  /** Reverse names are asked of so many addresses of a host. */
  static final int MOST_REVERSE = 8;

  /** Whether these hosts are exactly one of the sets. */
  public static boolean isPrescribed(List<MxSet> sets, List<DnsName> hosts) {
    return MxComparison.closest(sets, hosts).filter(MxComparison::isExact).isPresent();
  }

  /** Whether each host is in one of the sets. */
  public static boolean isAmong(List<MxSet> sets, List<DnsName> hosts) {
    var known = sets.stream().flatMap(set -> set.hosts().stream()).toList();
    return hosts.stream()
        .allMatch(host -> known.stream().anyMatch(one -> one.host().matches(host)));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Rule> rules() {
    return MxRules.ALL;
  }

  @Override
  public MxSeen observe(ManagedDomain domain, Network network) {
    var dns = network.dns();
    var mx = dns.ask(domain.name(), RecordType.MX);
    var names = new LinkedHashSet<DnsName>();
    mx.records(Rdata.Mx.class).stream()
        .sorted()
        .map(Rdata.Mx::host)
        .filter(host -> !host.isRoot() && !HostNames.isNoHostName(host))
        .limit(MOST_HOSTS)
        .forEach(names::add);
    var accepts = mx.records(Rdata.Mx.class).stream().anyMatch(record -> !record.host().isRoot());
    // Senders fall back to the domain's own address (implicit MX), not for a name that is not.
    var asksItself = !accepts && (mx instanceof Answer.NoData || mx instanceof Answer.Found);
    if (asksItself) {
      names.add(domain.name());
    }
    var hosts = look(dns, names);
    var own =
        asksItself
            ? Optional.ofNullable(hosts.remove(domain.name()))
            : Optional.<MxSeen.Host>empty();
    return new MxSeen(
        mx, hosts, own, network.allowsPrivate(), registries(domain.name(), hosts, dns));
  }

  /**
   * Whether the domains of dead hosts are registered at all: a registry answers NXDOMAIN for what
   * it does not know. Nothing is asked where every host exists.
   */
  private static Map<DnsName, Answer> registries(
      DnsName domain, Map<DnsName, MxSeen.Host> hosts, Dns dns) {
    var registries = new LinkedHashMap<DnsName, Answer>();
    hosts.forEach(
        (name, host) -> {
          if (host.isNoName()) {
            PublicSuffixes.registrable(host.alias().orElse(name))
                .filter(owner -> !domain.isWithin(owner))
                .filter(owner -> hosts.entrySet().stream().noneMatch(other -> lives(other, owner)))
                .filter(owner -> !registries.containsKey(owner))
                .ifPresent(owner -> registries.put(owner, dns.ask(owner, RecordType.NS)));
          }
        });
    return registries;
  }

  /** Another host of the same domain shows that it is registered. */
  private static boolean lives(Map.Entry<DnsName, MxSeen.Host> host, DnsName owner) {
    return host.getKey().isWithin(owner) && !host.getValue().addresses().isEmpty();
  }

  /** All addresses in one batch, then all reverse names in another. */
  private static Map<DnsName, MxSeen.Host> look(Dns dns, Set<DnsName> names) {
    var hosts = new LinkedHashMap<DnsName, MxSeen.Host>();
    if (names.isEmpty()) {
      return hosts;
    }
    var questions = new ArrayList<Question>();
    for (var name : names) {
      questions.add(new Question(name, RecordType.A));
      questions.add(new Question(name, RecordType.AAAA));
    }
    var answers = dns.ask(questions).iterator();
    var addresses = new LinkedHashSet<InetAddress>();
    for (var name : names) {
      var host = new MxSeen.Host(answers.next(), answers.next(), new LinkedHashMap<>());
      hosts.put(name, host);
      host.addresses().stream().limit(MOST_REVERSE).forEach(addresses::add);
    }
    if (addresses.isEmpty()) {
      return hosts;
    }
    var reverse = new LinkedHashMap<InetAddress, Answer>();
    var pointers =
        dns.ask(
                addresses.stream()
                    .map(address -> new Question(ReverseName.of(address), RecordType.PTR))
                    .toList())
            .iterator();
    addresses.forEach(address -> reverse.put(address, pointers.next()));
    hosts.replaceAll(
        (_, host) -> {
          var own = new LinkedHashMap<>(reverse);
          own.keySet().retainAll(host.addresses());
          return new MxSeen.Host(host.ipv4(), host.ipv6(), own);
        });
    return hosts;
  }

  @Override
  public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
    return true;
  }

  @Override
  public Judgement judge(ManagedDomain domain, MxSeen seen, Context context) {
    return new MxJudge(domain, seen).judge();
  }
}
