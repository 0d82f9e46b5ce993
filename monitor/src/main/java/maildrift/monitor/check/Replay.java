package maildrift.monitor.check;

import java.time.Duration;
import java.util.Optional;
import maildrift.probes.Network;
import maildrift.probes.domain.ManagedDomain;

/**
 * The questions of the last look, asked again in one round. What a probe asks depends on what it is
 * answered: where all its answers are the same, it would ask nothing else and judge nothing else,
 * and need not run. What the others ask is in the cache by then.
 */
final class Replay {
  private final Recall recall;
  private final ManagedDomain domain;
  private final long start;
  private final long[] hashes;
  private final Duration took;

  private Replay(Recall recall, ManagedDomain domain, long start, long[] hashes, Duration took) {
    this.recall = recall;
    this.domain = domain;
    this.start = start;
    this.hashes = hashes;
    this.took = took;
  }

  /** Asks; waits for all answers, within the network's deadline. */
  static Replay of(ManagedDomain domain, Network network, Recall before) {
    var begun = System.nanoTime();
    var recall = before.of(domain);
    var questions = recall.questions();
    var hashes = new long[questions.size()];
    if (hashes.length > 0) {
      var answers = network.dns().ask(questions);
      for (var i = 0; i < hashes.length; i++) {
        hashes[i] = Witness.hash(questions.get(i), answers.get(i));
      }
    }
    return new Replay(
        recall,
        domain,
        Witness.start(network),
        hashes,
        Duration.ofNanos(System.nanoTime() - begun));
  }

  /** The result of a probe that would see what it saw the last time. */
  Optional<ProbeResult> result(String probe) {
    var mark = recall.mark(probe, start, hashes);
    return mark.isEmpty()
        ? Optional.empty()
        : recall
            .of(probe, domain, mark.getAsLong())
            .map(judgement -> ProbeResult.recalled(probe, took, judgement, mark.getAsLong()));
  }
}
