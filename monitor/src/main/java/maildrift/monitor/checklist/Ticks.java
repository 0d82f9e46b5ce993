package maildrift.monitor.checklist;

import java.util.List;
import java.util.Optional;

/**
 * What persons said of one domain.
 *
 * @param known whether somebody who keeps ticks was asked
 */
public record Ticks(List<Tick> all, boolean known) {

  /** Nobody was asked who would know. */
  public static final Ticks UNKNOWN = new Ticks(List.of(), false);

  public Ticks {
    all = List.copyOf(all);
  }

  public static Ticks of(List<Tick> all) {
    return new Ticks(all, true);
  }

  Optional<Tick> of(Checklist checklist, Step step) {
    return all.stream().filter(tick -> tick.isOf(checklist, step)).findFirst();
  }
}
