package maildrift.probes.dkim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.DkimExpectation;
import maildrift.probes.domain.HostPattern;
import maildrift.probes.domain.ManagedDomain;

/**
 * What is expected of one selector, whoever expects it: the operator's key wins over a profile's,
 * and any one of several CNAME patterns will do.
 *
 * @param key canonical base64
 * @param certain at least one of those who expect it is sure
 */
record Wanted(
    String selector,
    Optional<String> key,
    List<HostPattern> cnames,
    List<String> origins,
    boolean required,
    boolean certain) {

  Wanted {
    cnames = List.copyOf(cnames);
    origins = List.copyOf(origins);
  }

  /** Declared selectors first, then prescribed ones, each once. */
  static List<Wanted> of(ManagedDomain domain) {
    var bySelector = new LinkedHashMap<String, Wanted>();
    domain.dkim().forEach(expectation -> merge(bySelector, expectation, true));
    domain
        .prescriptions()
        .forEach(
            prescription ->
                prescription
                    .dkim()
                    .forEach(
                        expectation ->
                            merge(
                                bySelector,
                                expectation,
                                !prescription.guessed().contains("dkim"))));
    return List.copyOf(bySelector.values());
  }

  private static void merge(
      LinkedHashMap<String, Wanted> bySelector, DkimExpectation expectation, boolean certain) {
    var next =
        new Wanted(
            expectation.selector(),
            expectation.key().map(KeyText::withoutSpace).map(KeyText::canonical),
            expectation.cname().stream().toList(),
            List.of(expectation.origin()),
            expectation.required(),
            certain);
    bySelector.merge(expectation.selector().toLowerCase(Locale.ROOT), next, Wanted::and);
  }

  private Wanted and(Wanted other) {
    var patterns = new ArrayList<>(cnames);
    patterns.addAll(other.cnames);
    var who = new ArrayList<>(origins);
    who.addAll(other.origins);
    return new Wanted(
        selector,
        key.or(other::key),
        patterns,
        who.stream().distinct().toList(),
        required || other.required,
        certain || other.certain);
  }

  String origin() {
    return String.join(", ", origins);
  }

  /** {@code selector._domainkey.domain}; nothing when that is no possible name. */
  Optional<DnsName> owner(DnsName domain) {
    try {
      return Optional.of(domain.child(selector + "._domainkey"));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** The record that should be there, as a line for the zone. */
  Optional<String> zoneLine(String owner) {
    return key.map(p -> ZoneLine.txt(owner, "v=DKIM1; k=" + KeyText.typeOf(p) + "; p=" + p));
  }
}
