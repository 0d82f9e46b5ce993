package maildrift.monitor.wiring;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import maildrift.alerts.ReadyMail;
import maildrift.alerts.outbox.Merging;
import maildrift.alerts.outbox.MessageIds;
import maildrift.alerts.outbox.Owed;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of notifications whose receiver is no more when another one takes them over: one
 * message a group, which says what is so by now. Pure.
 *
 * @param to who takes them over
 * @param takesMail whether that one sends mails that are written already
 * @param firing the fingerprints of all that fires now
 * @param known of all that it was told of as firing
 */
record Moving(String to, boolean takesMail, Set<String> firing, Set<String> known, Instant now) {

  /**
   * @param by owed in their place; empty: nothing of it is news
   */
  record Step(List<String> ids, Optional<Owed> by) {}

  /**
   * @param owed some, in their order
   */
  List<Step> steps(List<Owed> owed) {
    var steps = new ArrayList<Step>();
    var groups = new LinkedHashMap<String, Merging>();
    for (var one : owed) {
      if (ReadyMail.parse(one.body()).isPresent()) {
        if (takesMail) {
          steps.add(step(List.of(one.id()), one));
        }
        continue;
      }
      var open = groups.get(one.groupKey());
      if (open == null || !open.add(one)) {
        flush(open, steps);
        var next = new Merging(one);
        if (next.ids().isEmpty()) {
          // Unreadable: it goes as it is.
          steps.add(step(List.of(one.id()), one));
          groups.remove(one.groupKey());
        } else {
          groups.put(one.groupKey(), next);
        }
      }
    }
    groups.values().forEach(open -> flush(open, steps));
    return steps;
  }

  private void flush(@Nullable Merging open, List<Step> steps) {
    if (open != null) {
      steps.add(step(open.ids(), open.merged(MessageIds.next())));
    }
  }

  private Step step(List<String> ids, Owed owed) {
    return new Step(ids, Again.of(owed, to, firing, known, now));
  }
}
