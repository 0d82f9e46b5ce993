package maildrift.monitor.drift;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import maildrift.probes.Finding;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.NetworkSet;
import maildrift.probes.spf.Qualifier;
import maildrift.probes.spf.SpfRecord;
import maildrift.probes.spf.Term;

/**
 * An SPF record changed that a domain includes: somebody else's, which many domains share. Told for
 * each of them with the same cause, so that it is one message.
 */
final class IncludedChange {
  private static final int MOST_NAMED = 12;
  private static final int LONGEST_TEXT = 300;

  private final ManagedDomain domain;
  private final String record;
  private final String owner;
  private final String old;
  private final String now;
  private final List<String> path;

  /**
   * @param path from the domain, or from a netblock source of it, to the record's owner
   */
  IncludedChange(ManagedDomain domain, String record, String old, String now, List<String> path) {
    this.domain = domain;
    this.record = record;
    this.owner = Includes.owner(record);
    this.old = old;
    this.now = now;
    this.path = path;
  }

  Finding finding() {
    var networks = networks(old, now);
    var profile = profile();
    var finding =
        Finding.of(
                Drift.CHANGED,
                record,
                "the SPF record of %s%s, %s, changed%s"
                    .formatted(
                        owner,
                        profile.map(label -> " (" + label + ")").orElse(""),
                        way(),
                        networks
                            .map(Networks::words)
                            .orElseGet(() -> " from %s to %s".formatted(quoted(old), quoted(now)))))
            .cause(owner + " TXT")
            .with("old", old)
            .with("new", now)
            .with("path", path)
            .remedy(remedy(networks));
    if (profile.isPresent()) {
      finding = finding.with("profile", profile.get());
    }
    return networks.isEmpty()
        ? finding
        : finding
            .with("added", texts(networks.get().added()))
            .with("removed", texts(networks.get().removed()));
  }

  /** {@code which contoso.tld includes by way of a.test}. */
  private String way() {
    if (path.size() < 2) {
      return "on which %s depends".formatted(domain.name());
    }
    var between = path.subList(1, path.size() - 1);
    var by = between.isEmpty() ? "" : " by way of " + String.join(" and ", between);
    return path.getFirst().equals(domain.name().toString())
        ? "which %s includes%s".formatted(domain.name(), by)
        : "from which %s takes networks for %s%s".formatted(path.getFirst(), domain.name(), by);
  }

  /** Of the provider whose record it is, or who includes it. */
  private Optional<String> profile() {
    return path.reversed().stream()
        .flatMap(
            name ->
                domain.prescriptions().stream()
                    .filter(
                        prescription ->
                            java.util.stream.Stream.concat(
                                    prescription.spfAuthorise().stream(),
                                    prescription.netblocks().stream())
                                .anyMatch(known -> known.toString().equals(name)))
                    .map(Prescription::label))
        .findFirst();
  }

  /**
   * The same for all domains that share the record, so that it is told once; their own names it.
   */
  private String remedy(Optional<Networks> networks) {
    var isOwn = DnsName.parse(owner).filter(name -> name.isWithin(domain.name())).isPresent();
    var whose = isOwn ? domain.name().toString() : "each domain that depends on it";
    var lines = new ArrayList<String>();
    if (isOwn) {
      lines.add(
          "If nobody of yours made this change, publish the old value at %s again: %s."
              .formatted(owner, quoted(old)));
    }
    if (networks.isPresent()) {
      if (!networks.get().added.isEmpty()) {
        lines.add(
            "Servers in the added networks may now send in the name of %s; gateways and firewalls that list the provider's networks must let them in."
                .formatted(whose));
      }
      if (!networks.get().removed.isEmpty()) {
        lines.add(
            "Mail from the removed networks no longer passes SPF for %s; take them out of allowlists once nothing comes from there any more."
                .formatted(whose));
      }
    } else if (lines.isEmpty()) {
      lines.add(
          "Whoever keeps %s decides who may send in the name of %s. If its provider has not announced the change, ask; until then you can take the term that includes it out of your own record."
              .formatted(owner, whose));
    }
    lines.add("Compare with a gateway's list:");
    lines.add("maildrift netblocks %s --allowlist FILE".formatted(owner));
    lines.add("If it is right, accept it for all domains that share the record:");
    lines.add(acceptance(record));
    return String.join("\n", lines);
  }

  /** The command that accepts a record for all domains that have it. */
  static String acceptance(String record) {
    return "maildrift baseline accept --record \"%s\"".formatted(record);
  }

  /** The networks that came and went, where nothing else did. */
  private record Networks(List<Cidr> added, List<Cidr> removed) {
    String words() {
      return (added.isEmpty() ? "" : ": added " + named(added))
          + (removed.isEmpty()
              ? ""
              : (added.isEmpty() ? ": " : ", ") + "removed " + named(removed));
    }
  }

  private static Optional<Networks> networks(String old, String now) {
    if (!SpfRecord.isSpf(old) || !SpfRecord.isSpf(now)) {
      return Optional.empty();
    }
    var before = parts(old);
    var after = parts(now);
    if (!before.others.equals(after.others)) {
      return Optional.empty();
    }
    var was = NetworkSet.of(before.networks);
    var is = NetworkSet.of(after.networks);
    var change = new Networks(is.minus(was).networks(), was.minus(is).networks());
    return change.added.isEmpty() && change.removed.isEmpty()
        ? Optional.empty()
        : Optional.of(change);
  }

  /** Networks that pass, and all other terms in their order. */
  private record Parts(List<Cidr> networks, List<String> others) {}

  private static Parts parts(String text) {
    var networks = new ArrayList<Cidr>();
    var others = new ArrayList<String>();
    for (var term : SpfRecord.parse(text).terms()) {
      switch (term) {
        case Term.Directive(var qualifier, Term.Ip4(var network), _, _)
            when qualifier == Qualifier.PASS ->
            networks.add(network);
        case Term.Directive(var qualifier, Term.Ip6(var network), _, _)
            when qualifier == Qualifier.PASS ->
            networks.add(network);
        default -> others.add(term.text());
      }
    }
    return new Parts(networks, others);
  }

  private static String named(List<Cidr> networks) {
    var shown =
        networks.stream().limit(MOST_NAMED).map(Cidr::toString).collect(Collectors.joining(", "));
    return networks.size() > MOST_NAMED
        ? "%s and %d more".formatted(shown, networks.size() - MOST_NAMED)
        : shown;
  }

  private static List<String> texts(List<Cidr> networks) {
    return networks.stream().map(Cidr::toString).toList();
  }

  /** What changed inside a netblock source: each record with its old and its new text. */
  static List<Map<String, Object>> evidence(
      List<String> records, Map<String, String> baseline, Map<String, String> seen) {
    return records.stream()
        .map(
            record -> {
              var one = new LinkedHashMap<String, Object>();
              one.put("record", record);
              one.put("old", baseline.getOrDefault(record, ""));
              one.put("new", seen.getOrDefault(record, ""));
              return (Map<String, Object>) one;
            })
        .toList();
  }

  static String quoted(String value) {
    return value.isEmpty()
        ? "nothing"
        : "“%s”"
            .formatted(
                value.length() > LONGEST_TEXT ? value.substring(0, LONGEST_TEXT) + "…" : value);
  }
}
