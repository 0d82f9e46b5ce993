package maildrift.monitor.wiring;

import java.util.List;
import java.util.Optional;
import maildrift.alerts.Alert;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.mute.Silence;
import maildrift.monitor.config.DigestConfig;
import maildrift.monitor.digest.Digests;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.StateTable;
import maildrift.monitor.store.Change;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.watch.AlertDesk;
import maildrift.monitor.watch.Watch;

/** What digests are made of. */
record DigestSource(
    InForce inForce,
    StateTable table,
    AllAlerts book,
    AlertDesk desk,
    SilenceBook silenced,
    StateStore store,
    Watch watch)
    implements Digests.Source {
  @Override
  public Optional<DigestConfig> digest(String tenant) {
    return inForce.config().alerts().digest(tenant);
  }

  @Override
  public List<DomainState> states() {
    return List.copyOf(table.all());
  }

  @Override
  public List<Alert> alerts() {
    return book.all();
  }

  @Override
  public List<Mutes.Why> muted(Alert alert) {
    return desk.whys(alert);
  }

  @Override
  public List<Silence> silences() {
    return silenced.all();
  }

  @Override
  public List<Change> history(String domain, int offset, int limit) {
    return store.history().read(domain, watch.shared(domain), offset, limit);
  }

  @Override
  public String page() {
    return Wiring.links(inForce.config()).externalUrl();
  }
}
