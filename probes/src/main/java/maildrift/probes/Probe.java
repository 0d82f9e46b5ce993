package maildrift.probes;

import java.util.List;
import java.util.Map;
import java.util.Set;
import maildrift.probes.domain.ManagedDomain;

/**
 * A question about a domain. One file, one test, one line in {@link ProbeCatalog}. Time-outs,
 * concurrency, metrics and logging are wrapped around every probe by the check runner; a probe has
 * none of its own.
 *
 * @param <T> what it observes
 */
public interface Probe<T> {

  /** The name in JSON, metrics, {@code --only} and {@code skip}: lower case, e.g. {@code spf}. */
  String name();

  /** The rules it judges by. */
  List<Rule> rules();

  /**
   * Does the I/O, through {@code network} only. Failures to look are values in the result, never
   * exceptions.
   */
  T observe(ManagedDomain domain, Network network);

  /** Decides; pure. Everything it needs comes as an argument. */
  Judgement judge(ManagedDomain domain, T seen, Context context);

  /**
   * Whether the rule was held against anything in this look; false for one that nobody asked for,
   * which has then neither passed nor failed.
   */
  default boolean looksAt(Rule rule, Judgement own) {
    return true;
  }

  /** Probes whose judgements of the same look {@link #among} reads, by name. */
  default Set<String> siblings() {
    return Set.of();
  }

  /**
   * What its siblings' judgements of the same look add to its own; pure, asked once all of them
   * have ended.
   *
   * @param siblings by name. One that did not run in this look is not there: then nothing is said
   *     that needs it. One that saw what it saw the last time has no facts, only records, findings
   *     and gaps
   */
  default Judgement among(ManagedDomain domain, Judgement own, Map<String, Judgement> siblings) {
    return own;
  }

  /**
   * Kinds of records, the last words of their names, of which this judgement, if it has no gap,
   * shows all that there are: another one of the kind is no longer watched. Kinds of which only
   * memory knows what was there before are never among them.
   */
  default Set<String> completeKinds(Judgement seen) {
    return Set.of();
  }

  /**
   * Kinds of records that another probe shows, too: only what all of them saw together says that
   * one is no longer watched.
   */
  default Set<String> sharedKinds() {
    return Set.of();
  }

  /**
   * Whether, for this domain, {@link #judge} looks at nothing but the domain and what was seen, and
   * {@link #observe} at nothing but DNS and at no clock: then the same answers need neither a
   * second look nor a second judgement. The others (time, other protocols) look and judge every
   * time.
   */
  default boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
    return false;
  }
}
