package maildrift.monitor.store;

/** The server of the store does not answer, or not yet. Nothing is wrong with the settings. */
public final class StoreAway extends StoreUnusable {
  private static final long serialVersionUID = 1;

  StoreAway(String message, Throwable cause) {
    super(message, cause);
  }
}
