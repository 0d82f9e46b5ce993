package maildrift.monitor.metrics;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import maildrift.monitor.state.DomainState;

/**
 * The rows of all domains, kept from one scrape to the next: only those whose state is another one
 * are made anew.
 */
final class Rows {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<SharedSeries.Key, SharedSeries> series = new LinkedHashMap<>();
  private Row[] last = {};
  private long scrape;

  /**
   * What one scrape writes. Nothing in it changes any more, so that a slow reader holds nobody up.
   *
   * @param shared in the order of hosts' and sources' first domain
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared; a copy would cost each scrape
  record Snapshot(Row[] rows, List<SharedSeries> shared, double[] values) {}

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
      return new Snapshot(last, shared, values);
    } finally {
      lock.unlock();
    }
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
    return row;
  }
}
