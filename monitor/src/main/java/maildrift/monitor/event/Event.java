package maildrift.monitor.event;

import java.util.Locale;
import java.util.Set;

/**
 * Something that happened.
 *
 * @param id for resuming after it
 * @param json one object on one line
 */
public record Event(String id, Kind kind, Audience audience, String json) {

  /** What kind of thing. */
  public enum Kind {
    /** A domain has another verdict than before. */
    VERDICT,
    /** A watched record was seen to change. */
    RECORD,
    /** An alert fires, or is resolved. */
    ALERT,
    /** A person has taken an alert, or given it back. */
    ACKNOWLEDGEMENT,
    /** A silence was made, changed or ended. */
    SILENCE,
    /** The configuration was read again. */
    RELOAD;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whom of those who are limited to tenants it concerns. */
  @FunctionalInterface
  public interface Audience {
    /** Those alone who are not limited. */
    Audience WHOLE = _ -> false;

    boolean includes(Set<String> tenants);

    static Audience of(String tenant) {
      return tenants -> tenants.contains(tenant);
    }
  }
}
