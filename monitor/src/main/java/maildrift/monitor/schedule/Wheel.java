package maildrift.monitor.schedule;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * A timing wheel for many timers that are armed again and again: a timer is an int, and costs 16
 * bytes. Ticks are whatever the caller counts. Not safe for several threads: it belongs to the
 * event loop.
 */
final class Wheel {
  private static final int NONE = -1;

  private final int[] heads;
  private int[] next = new int[0];
  private int[] previous = new int[0];

  /** The tick at which a timer is due; {@link Long#MIN_VALUE}: not armed. */
  private long[] due = new long[0];

  private long now;

  Wheel(int slots, long now) {
    this.heads = new int[slots];
    this.now = now;
    Arrays.fill(heads, NONE);
  }

  /** Arms the timer, or moves it. A tick that has passed means the next one. */
  void arm(int timer, long tick) {
    grow(timer);
    disarm(timer);
    due[timer] = Math.max(tick, now + 1);
    var slot = slot(due[timer]);
    next[timer] = heads[slot];
    previous[timer] = NONE;
    if (heads[slot] != NONE) {
      previous[heads[slot]] = timer;
    }
    heads[slot] = timer;
  }

  void disarm(int timer) {
    if (timer >= due.length || due[timer] == Long.MIN_VALUE) {
      return;
    }
    if (previous[timer] == NONE) {
      heads[slot(due[timer])] = next[timer];
    } else {
      next[previous[timer]] = next[timer];
    }
    if (next[timer] != NONE) {
      previous[next[timer]] = previous[timer];
    }
    due[timer] = Long.MIN_VALUE;
  }

  /**
   * Moves time on; what became due is disarmed and handed over. A jump of any size fires each timer
   * once.
   */
  void advance(long tick, IntConsumer fired) {
    var steps = Math.min(tick - now, heads.length);
    for (var step = 1; step <= steps; step++) {
      // After a jump over more than a whole turn every slot is looked at once, and that is enough.
      fire(slot(tick - steps + step), tick, fired);
    }
    now = Math.max(now, tick);
  }

  private void fire(int slot, long tick, IntConsumer fired) {
    var timer = heads[slot];
    while (timer != NONE) {
      var following = next[timer];
      if (due[timer] <= tick) {
        disarm(timer);
        fired.accept(timer);
      }
      timer = following;
    }
  }

  private int slot(long tick) {
    return (int) Math.floorMod(tick, (long) heads.length);
  }

  private void grow(int timer) {
    if (timer < due.length) {
      return;
    }
    var size = Math.max(timer + 1, due.length * 2);
    var old = due.length;
    next = Arrays.copyOf(next, size);
    previous = Arrays.copyOf(previous, size);
    due = Arrays.copyOf(due, size);
    Arrays.fill(due, old, size, Long.MIN_VALUE);
  }
}
