package maildrift.monitor.digest;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import maildrift.alerts.Alert;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.mute.Silence;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.store.Change;
import maildrift.monitor.store.Episode;
import maildrift.probes.domain.Tenant;

/**
 * What a digest is made of.
 *
 * @param from where the time that it tells of begins
 * @param states of the tenant's domains
 * @param episodes alerts that fire, or ended since
 * @param changes since then, of its domains and of what they depend on
 * @param muted alerts that fire and are not told
 * @param silences all there are
 * @param before what the last digest counted
 * @param page of maildrift, without a query
 */
record Material(
    Tenant tenant,
    Instant from,
    Instant now,
    ZoneId zone,
    List<DomainState> states,
    List<Episode> episodes,
    List<Change> changes,
    List<Muted> muted,
    List<Silence> silences,
    Figures before,
    String page) {

  /** An alert that fires and is not told, and why. */
  record Muted(Alert alert, List<Mutes.Why> whys) {
    Muted {
      whys = List.copyOf(whys);
    }
  }
}
