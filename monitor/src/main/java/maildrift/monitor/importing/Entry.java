package maildrift.monitor.importing;

import java.util.List;
import java.util.Optional;

/** One domain of a list, as written; nothing of it has been checked. */
record Entry(
    Cell domain,
    Optional<Cell> tenant,
    Optional<Cell> profiles,
    Optional<Cell> forwardingServer,
    Optional<Cell> smarthost,
    Optional<Cell> allowedSendingServers,
    Optional<Cell> tlsLevel) {

  static Entry of(Cell domain, Optional<Cell> forwardingServer) {
    return new Entry(
        domain,
        Optional.empty(),
        Optional.empty(),
        forwardingServer,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** What was read, with what could not be. */
  record Read(List<Entry> entries, List<Trouble> troubles) {
    Read {
      entries = List.copyOf(entries);
      troubles = List.copyOf(troubles);
    }
  }

  /**
   * Something wrong in a list.
   *
   * @param fatal nothing else of the list can be understood
   */
  record Trouble(int line, int column, String message, boolean fatal) {
    static Trouble at(Cell cell, String message) {
      return new Trouble(cell.line(), cell.column(), message, false);
    }
  }
}
