package maildrift.probes.mx;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Prescription.MxHost;
import maildrift.probes.domain.Prescription.MxSet;

/**
 * The published hosts beside the prescribed set that is closest to them.
 *
 * @param wanted the set
 * @param matched which published host stands for which prescribed one
 * @param missing prescribed and not published
 * @param extra published and not prescribed
 */
record MxComparison(
    MxSet wanted, Map<MxHost, DnsName> matched, List<MxHost> missing, List<DnsName> extra) {

  /** Empty where nothing is prescribed. Of sets that are equally close, the first. */
  static Optional<MxComparison> closest(List<MxSet> sets, Collection<DnsName> published) {
    return sets.stream()
        .map(set -> compare(set, published))
        .min(Comparator.comparingInt(MxComparison::differences));
  }

  private static MxComparison compare(MxSet set, Collection<DnsName> published) {
    var left = new LinkedHashSet<>(published);
    var matched = new LinkedHashMap<MxHost, DnsName>();
    // Exact names first, so that a pattern does not take the host that another one names.
    set.hosts().stream()
        .sorted(Comparator.comparing(host -> !host.host().isExact()))
        .forEach(
            host ->
                left.stream()
                    .filter(host.host()::matches)
                    .findFirst()
                    .ifPresent(
                        name -> {
                          left.remove(name);
                          matched.put(host, name);
                        }));
    set.hosts().stream()
        .filter(MxHost::several)
        .forEach(host -> left.removeIf(host.host()::matches));
    var missing = new ArrayList<>(set.hosts());
    missing.removeAll(matched.keySet());
    if (set.isAnyOf() && !matched.isEmpty()) {
      missing.clear();
    }
    return new MxComparison(set, matched, missing, List.copyOf(left));
  }

  private int differences() {
    return missing.size() + extra.size();
  }

  boolean isExact() {
    return differences() == 0;
  }
}
