package maildrift.monitor.wiring;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import maildrift.alerts.Alert;
import maildrift.monitor.self.MaintenanceProgress;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.StateTable;
import maildrift.monitor.watch.RecordChange;
import maildrift.monitor.watch.Watch;
import maildrift.probes.domain.ManagedDomain;

/** What maintenance windows are about. */
record FleetSight(StateTable table, Watch watch) implements MaintenanceProgress.Sight {
  @Override
  public Collection<ManagedDomain> domains() {
    return table.all().stream().map(DomainState::domain).toList();
  }

  @Override
  public List<RecordChange> changed(String domain, Instant since) {
    return watch.changed(domain, since);
  }

  @Override
  public Collection<Alert> alerts() {
    return watch.alerts();
  }
}
