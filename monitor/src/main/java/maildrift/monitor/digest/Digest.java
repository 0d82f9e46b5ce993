package maildrift.monitor.digest;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * A digest: chapters of entries, each shortened to what a person reads. Texts are as they came from
 * strangers and not escaped.
 *
 * @param who the tenant's name, or words for the domains that have none
 * @param from where the time that it tells of begins
 * @param to and ends
 * @param zone in which times are shown
 * @param lead how things are, in a few lines
 * @param chapters in the order they are read; those with nothing to say are not in it
 * @param page where more is
 */
public record Digest(
    String who,
    Instant from,
    Instant to,
    ZoneId zone,
    List<String> lead,
    List<Chapter> chapters,
    String page) {
  /** So many entries of a chapter are shown, and names in an entry. */
  static final int MOST = 20;

  public Digest {
    lead = List.copyOf(lead);
    chapters = List.copyOf(chapters);
  }

  /**
   * One thing that is told of.
   *
   * @param total how many entries there are; those beyond the first are counted only
   */
  record Chapter(String title, List<Entry> entries, int total) {
    Chapter {
      entries = List.copyOf(entries);
    }

    static Optional<Chapter> of(String title, List<Entry> all) {
      return all.isEmpty()
          ? Optional.empty()
          : Optional.of(new Chapter(title, all.subList(0, Math.min(all.size(), MOST)), all.size()));
    }

    int more() {
      return total - entries.size();
    }
  }

  /**
   * A line, and what there is to say of it.
   *
   * @param badge a verdict, a severity or another word that is shown in colour
   * @param aside when, or how much
   */
  record Entry(Optional<String> badge, String title, String aside, List<Detail> details) {
    Entry {
      details = List.copyOf(details);
    }

    static Entry of(String badge, String title, String aside, List<Detail> details) {
      return new Entry(Optional.of(badge), title, aside, details);
    }

    static Entry of(String title, String aside, List<Detail> details) {
      return new Entry(Optional.empty(), title, aside, details);
    }
  }

  /**
   * One thing to say.
   *
   * @param label may be empty
   * @param kind how it is shown
   */
  record Detail(String label, String text, Kind kind) {
    enum Kind {
      PROSE,
      OLD,
      NEW
    }

    static Detail of(String text) {
      return new Detail("", text, Kind.PROSE);
    }

    static Detail of(String label, String text) {
      return new Detail(label, text, Kind.PROSE);
    }
  }
}
