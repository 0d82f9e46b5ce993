package maildrift.monitor.metrics;

import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import maildrift.monitor.state.ProbeState;

/**
 * Which probes looked at a domain, and which of them observed all. A fleet has few different ones,
 * which its rows share, so that a scrape need not count probe by probe.
 */
final class Sight {
  final List<String> probes;
  final BitSet observed;

  /** How many rows have it; counted anew by each scrape. */
  int rows;

  /** What tells it from others. */
  record Key(List<String> probes, BitSet observed) {
    static Key of(ProbeState... states) {
      var observed = new BitSet(states.length);
      for (var i = 0; i < states.length; i++) {
        observed.set(i, states[i].observed());
      }
      return new Key(Stream.of(states).map(ProbeState::probe).toList(), observed);
    }
  }

  Sight(Key key) {
    probes = key.probes();
    observed = key.observed();
  }
}
