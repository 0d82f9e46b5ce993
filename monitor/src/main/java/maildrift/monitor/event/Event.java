package maildrift.monitor.event;

import com.google.common.collect.Sets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Something that happened.
 *
 * @param id for resuming after it
 * @param json one object on one line
 * @param discreetly the same for who is limited to tenants
 */
public record Event(String id, Kind kind, Audience audience, String json, String discreetly) {

  /** As it is told to who is limited to tenants. */
  Event discreet() {
    return new Event(id, kind, audience, discreetly, discreetly);
  }

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

  /** What listens. Pages that people have open take no room from programs. */
  public enum By {
    PROGRAM(100, 10),
    PAGE(200, 50);

    private final int most;
    private final int mostOfOne;

    By(int most, int mostOfOne) {
      this.most = most;
      this.mostOfOne = mostOfOne;
    }

    /** How many may listen at once. */
    public int most() {
      return most;
    }

    /** How many of one login. */
    public int mostOfOne() {
      return mostOfOne;
    }
  }

  /**
   * What somebody wants to hear.
   *
   * @param by what listens
   * @param who the login, where there are any; one has only so many that listen
   * @param tenants whose; empty: all
   * @param isLimited that there is nothing else for him
   */
  public record Interest(
      By by, Optional<String> who, Optional<Set<String>> tenants, boolean isLimited) {
    public static final Interest ALL = new Interest(Optional.empty(), Optional.empty(), false);

    public Interest {
      tenants = tenants.map(Set::copyOf);
    }

    /** A program's. */
    public Interest(Optional<String> who, Optional<Set<String>> tenants, boolean isLimited) {
      this(By.PROGRAM, who, tenants, isLimited);
    }

    /** The same of who may hear of these alone. */
    public Interest within(Set<String> limit) {
      return new Interest(
          by,
          who,
          Optional.of(
              tenants.<Set<String>>map(some -> Sets.intersection(some, limit)).orElse(limit)),
          true);
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
