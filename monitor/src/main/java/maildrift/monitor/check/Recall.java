package maildrift.monitor.check;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.probes.Judgement;
import maildrift.probes.domain.ManagedDomain;

/**
 * What the looks before at one domain came to. Where DNS says the very same again, the same
 * judgement holds, so a sweep over domains in which nothing happens judges nothing. Immutable.
 */
public final class Recall {
  public static final Recall NOTHING = new Recall(Map.of());

  private final Map<String, Judged> judged;

  /** Without the facts, which are large and which whoever recalls has kept in another form. */
  private record Judged(ManagedDomain domain, long mark, Judgement judgement) {}

  private Recall(Map<String, Judged> judged) {
    this.judged = judged;
  }

  /** The judgement of what has this mark; another declaration of the domain is judged anew. */
  Optional<Judgement> of(String probe, ManagedDomain domain, long mark) {
    var before = judged.get(probe);
    return before != null && before.domain.equals(domain) && before.mark == mark
        ? Optional.of(before.judgement)
        : Optional.empty();
  }

  /**
   * With what these results can be recalled by. What cannot be, or was judged of another
   * declaration, is forgotten.
   */
  public Recall with(ManagedDomain domain, List<ProbeResult> results) {
    var next = new HashMap<>(judged);
    var isNew = next.values().removeIf(before -> !before.domain.equals(domain));
    for (var result : results) {
      if (!isKept(result)) {
        isNew |= next.remove(result.probe()) != null;
      } else if (!result.isRecalled()) {
        next.put(result.probe(), judged(domain, result));
        isNew = true;
      }
    }
    return isNew ? new Recall(next) : this;
  }

  private static Judged judged(ManagedDomain domain, ProbeResult result) {
    var judgement = result.alone();
    return new Judged(
        domain,
        result.mark().orElseThrow(),
        new Judgement(
            judgement.outcome(),
            Map.of(),
            judgement.records(),
            judgement.findings(),
            judgement.gaps()));
  }

  private static boolean isKept(ProbeResult result) {
    return result.mark().isPresent() && result.alone().gaps().isEmpty();
  }
}
