package maildrift.probes;

/** What became of a look. "I could not look" is not "it is gone". */
public enum Outcome {
  /** The fact was seen. */
  OBSERVED,
  /** DNS said that there is none: NXDOMAIN or no data. */
  ABSENT,
  /** Time-out, SERVFAIL, REFUSED, no route: nothing is known. */
  UNOBSERVABLE;

  /** The word used in JSON: {@code observed}, {@code absent}, {@code unobservable}. */
  public String word() {
    return switch (this) {
      case OBSERVED -> "observed";
      case ABSENT -> "absent";
      case UNOBSERVABLE -> "unobservable";
    };
  }
}
