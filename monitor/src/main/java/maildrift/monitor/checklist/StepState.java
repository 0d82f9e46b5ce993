package maildrift.monitor.checklist;

/** How a step stands. */
public enum StepState {
  /** Seen, or ticked by a person. */
  DONE,
  /** Seen not to be so. */
  OPEN,
  /** It could not be looked at: neither done nor open. */
  UNSEEN,
  /** Not visible from here; a person has to tick it. */
  PERSON,
  /** The migration is not that far. */
  NOT_YET,
  /** Not for this domain, or no longer. */
  NOT_APPLICABLE;

  /** The word in JSON and on the screen. */
  public String word() {
    return switch (this) {
      case DONE -> "done";
      case OPEN -> "open";
      case UNSEEN -> "unseen";
      case PERSON -> "person";
      case NOT_YET -> "not-yet";
      case NOT_APPLICABLE -> "not-applicable";
    };
  }
}
