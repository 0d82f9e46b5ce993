package maildrift.monitor.store;

/** The twin. */
final class MemoryStoreTest extends StoreContract {
  @Override
  StateStore open() {
    return new MemoryStore();
  }
}
