package maildrift.monitor.store;

/** Another maildrift has the store. It may be opened as soon as that one has ended. */
public final class StoreInUse extends StoreUnusable {
  private static final long serialVersionUID = 1;

  private final String fact;

  StoreInUse(String fact, String cure) {
    super(fact + "; " + cure);
    this.fact = fact;
  }

  /** Who has it, without what to do about it. */
  public String fact() {
    return fact;
  }
}
