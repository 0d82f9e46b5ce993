package maildrift.probes.declared;

import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.NetworkSet;
import maildrift.probes.network.SpecialNetworks;
import maildrift.probes.spf.Netblocks;

/**
 * Names for mail programs that copy a provider's addresses, and a provider's own hosts that left
 * the networks which it lists for firewalls.
 */
final class ProviderHosts {
  private final ManagedDomain domain;
  private final DeclaredSeen seen;
  private final Judgement.Builder judgement;

  ProviderHosts(ManagedDomain domain, DeclaredSeen seen, Judgement.Builder judgement) {
    this.domain = domain;
    this.seen = seen;
    this.judgement = judgement;
  }

  /** Hosts of providers whose networks are listed for firewalls, or which programs speak to. */
  static Set<DnsName> of(ManagedDomain domain) {
    var hosts = new LinkedHashSet<DnsName>();
    domain.prescriptions().stream()
        .filter(ProviderHosts::lists)
        .forEach(by -> mx(by).forEach(hosts::add));
    domain
        .prescriptions()
        .forEach(by -> by.clientHosts().forEach(client -> hosts.add(client.host())));
    return hosts;
  }

  /**
   * Both kinds: networks that the provider's page lists, and an SPF name that can leave them. A
   * list of networks alone is all that is known of where mail comes from.
   */
  static boolean lists(Prescription by) {
    return !by.networks().isEmpty() && !by.netblocks().isEmpty();
  }

  private static Stream<DnsName> mx(Prescription by) {
    return by.mx().stream()
        .flatMap(set -> set.hosts().stream())
        .filter(host -> host.host().isExact())
        .map(host -> DnsName.of(host.host().text()));
  }

  void judge() {
    domain.declared().clientHosts().forEach(this::clientHost);
    domain.prescriptions().stream().filter(ProviderHosts::lists).forEach(this::outside);
  }

  // ---- Names for mail programs

  private void clientHost(DnsName host) {
    var wanted =
        domain.prescriptions().stream()
            .flatMap(by -> by.clientHosts().stream())
            .map(Prescription.ClientHost::host)
            .distinct()
            .toList();
    var answers = seen.addresses(host);
    if (answers.answers().isEmpty()) {
      return;
    }
    var alias = answers.answers().stream().flatMap(answer -> answer.aliases().stream()).findFirst();
    if (alias.isPresent()) {
      wanted.stream()
          .filter(target -> isWithoutDot(alias.get(), target))
          .findFirst()
          .ifPresent(
              target ->
                  say(
                      host,
                      "%s is an alias of %s: the dot after %s is missing in the zone"
                          .formatted(host, alias.get(), target),
                      target));
      return;
    }
    var copied = answers.found().stream().filter(address -> provider(address).isPresent()).toList();
    if (!copied.isEmpty()) {
      var by = provider(copied.getFirst()).orElseThrow();
      say(
          host,
          "%s holds %s, an address of %s, instead of a CNAME"
              .formatted(host, Cidr.text(copied.getFirst()), by.label()),
          by.clientHosts().stream()
              .map(Prescription.ClientHost::host)
              .filter(target -> seen.addresses(target).found().contains(copied.getFirst()))
              .findFirst()
              .or(() -> by.clientHosts().stream().findFirst().map(Prescription.ClientHost::host))
              .orElse(host));
      return;
    }
    answers
        .unseen()
        .or(
            () ->
                wanted.stream().flatMap(name -> seen.addresses(name).unseen().stream()).findFirst())
        .ifPresent(
            why ->
                judgement.add(
                    Gap.of(DeclaredProbe.NAME, host + " A", why, DeclaredRules.CLIENT_HOST.id())
                        .subject(host.toString())));
  }

  /** {@code posteingang.mail-connect.net.firma.de}: the zone was added to the name. */
  private boolean isWithoutDot(DnsName alias, DnsName target) {
    return alias.isWithin(domain.name()) && alias.toString().startsWith(target + ".");
  }

  private Optional<Prescription> provider(InetAddress address) {
    return domain.prescriptions().stream()
        .filter(by -> !by.clientHosts().isEmpty())
        .filter(
            by ->
                NetworkSet.of(by.networks()).contains(address)
                    || by.clientHosts().stream()
                        .anyMatch(
                            client -> seen.addresses(client.host()).found().contains(address)))
        .findFirst();
  }

  private void say(DnsName host, String message, DnsName target) {
    judgement.add(
        Finding.of(DeclaredRules.CLIENT_HOST, host.toString(), message)
            .cause(host + " A")
            .remedy("Publish in its place:\n%s. IN CNAME %s.".formatted(host, target)));
  }

  // ---- Networks that are listed for firewalls

  private void outside(Prescription by) {
    var listed = NetworkSet.of(by.networks());
    Stream.concat(mx(by), by.clientHosts().stream().map(Prescription.ClientHost::host))
        .distinct()
        .forEach(host -> outside(by, listed, host));
    for (var name : by.netblocks()) {
      switch (seen.networks().get(name)) {
        case Netblocks.Known known ->
            outside(
                by,
                name,
                name + " TXT",
                known.entries().stream()
                    .filter(network -> !SpecialNetworks.isPrivate(network.host()))
                    .filter(network -> isOfAListedFamily(listed, network))
                    .filter(network -> !listed.contains(network))
                    .map(Cidr::toString)
                    .toList());
        case Netblocks.Unseen unseen -> unseen(name, unseen.name() + " TXT", unseen.why());
        // The netblocks probe speaks of it.
        case Netblocks.None _ -> {}
        case null -> {}
      }
    }
  }

  private void outside(Prescription by, NetworkSet listed, DnsName host) {
    var addresses = seen.addresses(host);
    var outside =
        addresses.found().stream()
            // Of a laboratory; or of a mistake, of which the mx probe speaks.
            .filter(address -> !SpecialNetworks.isPrivate(address))
            .filter(address -> isOfAListedFamily(listed, Cidr.of(address)))
            .filter(address -> !listed.contains(address))
            .map(Cidr::text)
            .toList();
    outside(by, host, host + " " + RecordType.A, outside);
    if (outside.isEmpty()) {
      addresses.unseen().ifPresent(why -> unseen(host, host + " A", why));
    }
  }

  /** A list of IPv4 networks says nothing of IPv6. */
  private static boolean isOfAListedFamily(NetworkSet listed, Cidr network) {
    return listed.networks().stream().anyMatch(one -> one.isIpv4() == network.isIpv4());
  }

  private void outside(Prescription by, DnsName name, String cause, List<String> outside) {
    if (outside.isEmpty()) {
      return;
    }
    judgement.add(
        Finding.of(
                DeclaredRules.OUTSIDE,
                name.toString(),
                "%s leads to %s, outside the networks that %s lists for firewalls (%s)"
                    .formatted(
                        name,
                        String.join(", ", outside.stream().limit(5).toList()),
                        by.label(),
                        String.join(", ", by.networks().stream().map(Cidr::toString).toList())))
            .cause(cause)
            .severity(by.atMost("networks", DeclaredRules.OUTSIDE.severity()))
            .with("outside", outside)
            .remedy(
                "Ask the provider whether its networks have changed. If so, open the firewall (port 25 from there) for:\n"
                    + String.join("\n", outside)));
  }

  private void unseen(DnsName name, String question, String why) {
    judgement.aside(
        Gap.of(DeclaredProbe.NAME, question, why, DeclaredRules.OUTSIDE.id())
            .subject(name.toString()));
  }
}
