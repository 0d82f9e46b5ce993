package maildrift.monitor.metrics;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import maildrift.monitor.state.DomainState;

/**
 * The rows of all domains, kept from one scrape to the next: only those whose state is another one
 * are made anew.
 */
final class Rows {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<SharedSeries.Key, SharedSeries> series = new LinkedHashMap<>();
  private final Map<Sight.Key, Sight> sights = new HashMap<>();
  private Row[] last = {};
  private long scrape;

  /**
   * What one scrape writes. Nothing in it changes any more, so that a slow reader holds nobody up.
   *
   * @param shared in the order of hosts' and sources' first domain
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared; a copy would cost each scrape
  record Snapshot(
      Row[] rows, List<SharedSeries> shared, double[] values, SortedMap<String, Probed> probes) {}

  /** At how many domains a probe looked, and of how many of them it observed all. */
  record Probed(int domains, int observed) {
    Probed plus(Probed more) {
      return new Probed(domains + more.domains, observed + more.observed);
    }
  }

  /** The present states, which come in the order of their names. */
  Snapshot snapshot(Collection<DomainState> states) {
    lock.lock();
    try {
      scrape++;
      last = rows(states);
      for (var row : last) {
        var at = row.state.checkedAt().toEpochMilli();
        for (var i = 0; i < row.cells.length; i++) {
          row.cells[i].offer(scrape, at, row.shared[i].value());
        }
      }
      series.values().removeIf(one -> !one.isOf(scrape));
      var shared = new ArrayList<>(series.values());
      var values = new double[shared.size()];
      for (var i = 0; i < values.length; i++) {
        values[i] = shared.get(i).value();
      }
      return new Snapshot(last, shared, values, counted());
    } finally {
      lock.unlock();
    }
  }

  private SortedMap<String, Probed> counted() {
    sights.values().forEach(sight -> sight.rows = 0);
    for (var row : last) {
      row.sight.rows++;
    }
    sights.values().removeIf(sight -> sight.rows == 0);
    var counts = new TreeMap<String, Probed>();
    for (var sight : sights.values()) {
      for (var i = 0; i < sight.probes.size(); i++) {
        counts.merge(
            sight.probes.get(i),
            new Probed(sight.rows, sight.observed.get(i) ? sight.rows : 0),
            Probed::plus);
      }
    }
    return counts;
  }

  @SuppressWarnings("ReferenceEquality") // a state that is the same object has the same rows
  private static boolean isOf(Row row, DomainState state) {
    return row.state == state;
  }

  private Row[] rows(Collection<DomainState> states) {
    var next = new ArrayList<Row>(states.size());
    var i = 0;
    for (var state : states) {
      var name = state.domain().name().toString();
      while (i < last.length && !isOf(last[i], state) && last[i].name().compareTo(name) < 0) {
        i++;
      }
      if (i == last.length || (!isOf(last[i], state) && !last[i].name().equals(name))) {
        next.add(housed(Row.of(state)));
      } else if (isOf(last[i], state)) {
        next.add(last[i]);
      } else {
        next.add(housed(last[i].after(state)));
      }
    }
    return next.toArray(Row[]::new);
  }

  private Row housed(Row row) {
    for (var i = 0; i < row.cells.length; i++) {
      row.cells[i] = series.computeIfAbsent(SharedSeries.Key.of(row.shared[i]), SharedSeries::new);
    }
    row.sight = sights.computeIfAbsent(Sight.Key.of(row.probes), Sight::new);
    return row;
  }
}
