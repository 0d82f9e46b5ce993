package maildrift.probes.spf;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The records that others depend on: what a domain includes or redirects to, at any depth, and what
 * a netblock source leads to. Each is watched under the name that its own domain would give it,
 * {@code _spf.provider.test SPF}, whoever sees it.
 */
public final class IncludedRecords {
  /** How a watched SPF record is called, after its name. */
  public static final String RECORD = " SPF";

  /** Receivers follow ten; what is beyond this is in no use. */
  private static final int MOST = 32;

  private IncludedRecords() {}

  /**
   * All that were seen but the tree's own, by the name of the watched record.
   *
   * @param shared gives the one copy of what many domains have
   */
  static Map<String, String> below(SpfTree tree, UnaryOperator<String> shared) {
    var records = new LinkedHashMap<String, String>();
    of(tree)
        .forEach(
            (name, text) -> {
              if (!name.equals(tree.domain() + RECORD)) {
                records.put(shared.apply(name), shared.apply(text));
              }
            });
    return records;
  }

  /**
   * All that were seen, the tree's own first. One that could not be seen is left out; where DNS
   * said that there is none, the text is empty.
   */
  public static Map<String, String> of(SpfTree tree) {
    var records = new LinkedHashMap<String, String>();
    for (var policy : tree.policies()) {
      if (records.size() <= MOST) {
        DomainSpec.name(policy.name())
            .ifPresent(
                name -> text(policy.seen()).ifPresent(text -> records.put(name + RECORD, text)));
      }
    }
    return records;
  }

  private static Optional<String> text(SpfTree.Seen seen) {
    return switch (seen) {
      case SpfTree.Published _, SpfTree.Several _ -> SpfTree.text(seen);
      case SpfTree.Missing _ -> Optional.of("");
      case SpfTree.Unanswered _, SpfTree.Loop _, SpfTree.Cut _ -> Optional.empty();
    };
  }
}
