package maildrift.monitor.watch;

import java.time.Duration;
import java.util.List;
import maildrift.alerts.state.Transition;
import maildrift.monitor.state.DomainState;

/** Hears nothing: the watch knows its alerts, and the test takes the turns. */
final class Nobody implements Watch.Listener {
  @Override
  public void looked(DomainState state) {
    // The table shows it.
  }

  @Override
  public void changed(List<Transition> transitions) {
    // The watch knows its alerts.
  }

  @Override
  public void confirm(String domain, Duration in) {
    // The test takes the turns.
  }

  @Override
  public void sooner(String domain, Duration within) {
    // The test takes the turns.
  }
}
