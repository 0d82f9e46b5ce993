package maildrift.alerts.state;

/** What it is worth that a look has seen a pending alert's problem again. */
public enum Evidence {
  /** It came too soon, or asked whom the first one asked: it only holds on. */
  SAME,
  /** It is one more of the looks that must agree. */
  AGREES,
  /** And nobody is left to ask: if it is the last one needed, the alert fires. */
  PROVES
}
