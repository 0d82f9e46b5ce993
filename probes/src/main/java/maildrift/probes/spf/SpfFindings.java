package maildrift.probes.spf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Rule;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.network.Cidr;

/** What is said of one domain so far, and how to say it. */
final class SpfFindings {
  private final ManagedDomain domain;
  private final SpfTree tree;
  private final String name;
  private final Set<DnsName> unregistered;
  private final Map<Finding.Key, Finding> findings = new LinkedHashMap<>();
  private final List<Gap> gaps = new ArrayList<>();

  SpfFindings(ManagedDomain domain, SpfObservation seen) {
    this.domain = domain;
    this.tree = seen.tree();
    this.unregistered = seen.unregistered();
    this.name = domain.name().toString();
  }

  private SpfFindings(SpfFindings of) {
    this.domain = of.domain;
    this.tree = of.tree;
    this.unregistered = of.unregistered;
    this.name = of.name;
  }

  /** Nothing said yet of the same domain, to be weighed before it counts. */
  SpfFindings blank() {
    return new SpfFindings(this);
  }

  ManagedDomain domain() {
    return domain;
  }

  SpfTree tree() {
    return tree;
  }

  /** Domains behind dead names of the tree, which the registry does not know. */
  Set<DnsName> unregistered() {
    return unregistered;
  }

  /** Of the domain, which is also the subject of findings about its own record. */
  String name() {
    return name;
  }

  /** The cause of findings about the domain's own record. */
  String ownCause() {
    return name + " SPF";
  }

  boolean isRoot(SpfTree.Policy policy) {
    return policy.name().equals(tree.root().name());
  }

  /** The cause of findings about a record of the tree. */
  String cause(SpfTree.Policy policy) {
    return isRoot(policy) ? ownCause() : Printable.of(policy.name()) + " TXT";
  }

  List<Finding> findings() {
    return List.copyOf(findings.values());
  }

  List<Gap> gaps() {
    return gaps;
  }

  void add(Gap gap) {
    gaps.add(gap);
  }

  /** The graver one stays where one record violates a rule twice. */
  void add(Finding finding) {
    findings.merge(
        finding.key(),
        finding,
        (before, now) -> now.severity().compareTo(before.severity()) > 0 ? now : before);
  }

  Finding own(Rule rule, String message) {
    return Finding.of(rule, name, message).cause(ownCause());
  }

  /** The text of a remedy: the complete record to paste. */
  static String publish(String at, String record) {
    return "Publish as the only SPF record of %s:\n%s".formatted(at, record);
  }

  static List<String> texts(List<Cidr> networks) {
    return networks.stream().map(Cidr::toString).toList();
  }

  /** The name that a cause is about. */
  static String place(String cause) {
    return cause.substring(0, cause.lastIndexOf(' '));
  }
}
