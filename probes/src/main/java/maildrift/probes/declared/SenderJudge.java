package maildrift.probes.declared;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.dns.ReverseName;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.NetworkSet;
import maildrift.probes.network.SpecialNetworks;
import maildrift.probes.spf.Netblocks;

/** Are the organisation's own sending addresses known for it: reverse names, SPF? */
final class SenderJudge {
  private final ManagedDomain domain;
  private final DeclaredSeen seen;
  private final Judgement.Builder judgement;

  SenderJudge(ManagedDomain domain, DeclaredSeen seen, Judgement.Builder judgement) {
    this.domain = domain;
    this.seen = seen;
    this.judgement = judgement;
  }

  void judge() {
    domain.declared().outboundAddresses().forEach(this::judge);
  }

  private void judge(Cidr network) {
    var problems = new ArrayList<String>();
    var remedies = new ArrayList<String>();
    var isPrivate = SpecialNetworks.isPrivate(network.host());
    var isReverseSeen = !network.isSingle() || isPrivate || reverse(network, problems, remedies);
    if (isPrivate) {
      problems.add("is private: the Internet sees another one in its place");
    } else {
      authorised(network, problems, remedies);
    }
    if (!problems.isEmpty()) {
      judgement.add(
          Finding.of(
                  DeclaredRules.OUTBOUND,
                  subject(network),
                  "%s, from which %s sends, %s"
                      .formatted(subject(network), domain.name(), String.join(", and ", problems)))
              .with("problems", List.copyOf(problems))
              .remedy(
                  remedies.isEmpty()
                      ? DeclaredRules.OUTBOUND.remedy()
                      : String.join("\n", remedies)));
    } else if (!isReverseSeen) {
      aside(
          network,
          ReverseName.of(network.host()) + " PTR",
          "reverse names are looked at for %d addresses of a domain at most"
              .formatted(DeclaredProbe.MOST_ADDRESSES));
    }
  }

  static String subject(Cidr network) {
    return network.isSingle() ? Cidr.text(network.host()) : network.toString();
  }

  /** Whether its reverse name was asked for at all. */
  private boolean reverse(Cidr network, List<String> problems, List<String> remedies) {
    var pointer = seen.answer(ReverseName.of(network.host()), RecordType.PTR);
    pointer.ifPresent(answer -> reverse(network, answer, problems, remedies));
    return pointer.isPresent();
  }

  private void reverse(Cidr network, Answer pointer, List<String> problems, List<String> remedies) {
    var owner = ReverseName.of(network.host());
    if (pointer instanceof Answer.Unanswered(_, var why, _)) {
      aside(network, owner + " PTR", why);
      return;
    }
    var names = names(pointer);
    if (names.isEmpty()) {
      problems.add("has no reverse name");
      remedies.add(
          "Have the provider of the address publish, for example:\n%s. IN PTR mail.%s."
              .formatted(owner, domain.name()));
      return;
    }
    var unseen = Optional.<String>empty();
    for (var name : names) {
      var addresses = seen.addresses(name);
      if (addresses.found().contains(network.host())) {
        return;
      }
      unseen = unseen.or(addresses::unseen);
    }
    if (unseen.isPresent()) {
      aside(network, names.getFirst() + " A", unseen.get());
    } else {
      problems.add("has the reverse name %s, which does not lead back".formatted(names.getFirst()));
      remedies.add(
          "Publish:\n%s. IN %s %s"
              .formatted(
                  names.getFirst(), network.isIpv4() ? "A" : "AAAA", Cidr.text(network.host())));
    }
  }

  static List<DnsName> names(Answer pointer) {
    return pointer.records(Rdata.Ptr.class).stream()
        .map(Rdata.Ptr::name)
        .distinct()
        .limit(DeclaredProbe.MOST_NAMES)
        .toList();
  }

  private void authorised(Cidr network, List<String> problems, List<String> remedies) {
    switch (seen.networks().get(domain.name())) {
      case Netblocks.Known known -> {
        if (!known.networks().contains(network)) {
          if (known.opaque().isEmpty()) {
            problems.add("is not authorised by the domain's SPF");
            remedies.add(
                "Add to the SPF record of %s, before its all:\n%s"
                    .formatted(domain.name(), term(network)));
          } else {
            aside(
                network,
                domain.name() + " TXT",
                "the record has macros, so that it lists no networks: " + known.opaque());
          }
        }
      }
      case Netblocks.None(_, var why) -> {
        problems.add("is not authorised by any SPF record (%s)".formatted(why));
        remedies.add(
            "Publish, with whoever else sends for the domain:\n%s. IN TXT \"v=spf1 %s ~all\""
                .formatted(domain.name(), term(network)));
      }
      case Netblocks.Unseen unseen -> {
        if (!NetworkSet.of(unseen.seen()).contains(network)) {
          aside(network, domain.name() + " TXT", unseen.why());
        }
      }
      case null -> {}
    }
  }

  private static String term(Cidr network) {
    return (network.isIpv4() ? "ip4:" : "ip6:") + subject(network);
  }

  /** A reverse zone that is silent, or an SPF record of which the spf probe speaks. */
  private void aside(Cidr network, String question, String why) {
    judgement.aside(
        Gap.of(DeclaredProbe.NAME, question, why, DeclaredRules.OUTBOUND.id())
            .subject(subject(network)));
  }

  /** Single ones, whose reverse names are asked for. */
  static List<InetAddress> single(ManagedDomain domain) {
    return reversible(domain).limit(DeclaredProbe.MOST_ADDRESSES).toList();
  }

  /** Single ones beyond those. */
  static List<InetAddress> notAskedFor(ManagedDomain domain) {
    return reversible(domain).skip(DeclaredProbe.MOST_ADDRESSES).toList();
  }

  private static Stream<InetAddress> reversible(ManagedDomain domain) {
    return domain.declared().outboundAddresses().stream()
        .filter(Cidr::isSingle)
        .map(Cidr::host)
        .filter(address -> !SpecialNetworks.isPrivate(address))
        .distinct();
  }
}
