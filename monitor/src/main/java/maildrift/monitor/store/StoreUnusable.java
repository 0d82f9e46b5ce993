package maildrift.monitor.store;

/**
 * The store cannot be opened. The message names the path and the cure and is meant for the
 * operator; nothing was changed or removed.
 */
public sealed class StoreUnusable extends Exception permits StoreInUse, StoreAway {
  private static final long serialVersionUID = 1;

  public StoreUnusable(String message) {
    super(message);
  }

  public StoreUnusable(String message, Throwable cause) {
    super(message, cause);
  }
}
