package maildrift.monitor.report;

/** What a look says of a rule or a demand. */
public enum Status {
  FAIL,
  /** It could not be looked at, or no monitor can see it. */
  UNKNOWN,
  /** Violated, and somebody decided with a reason that it does not count. */
  WAIVED,
  PASS;

  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
