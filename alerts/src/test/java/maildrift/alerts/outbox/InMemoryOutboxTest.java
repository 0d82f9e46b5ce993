package maildrift.alerts.outbox;

class InMemoryOutboxTest extends OutboxContract {
  @Override
  protected Outbox outbox() {
    return new InMemoryOutbox();
  }
}
