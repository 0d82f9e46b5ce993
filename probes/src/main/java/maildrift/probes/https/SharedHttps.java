package maildrift.probes.https;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import java.time.Duration;
import maildrift.probes.Deadline;

/**
 * Documents are read no more often than needed: while its announced version stays the same, a
 * document that was read within the hour will do for a regular look. A confirmation reads anew.
 */
public final class SharedHttps {
  /** Whoever announces versions changes the version when he changes the document. */
  private static final Duration AGE = Duration.ofHours(1);

  private static final long MAX_WEIGHT = 32L * 1024 * 1024;

  private final HttpsDoor door;
  private final Cache<Https.Target, HttpsLook.Spoke> known =
      CacheBuilder.newBuilder()
          .maximumWeight(MAX_WEIGHT)
          .weigher(
              (Https.Target _, HttpsLook.Spoke seen) ->
                  (int) Math.min(seen.weight(), Integer.MAX_VALUE))
          .expireAfterWrite(AGE)
          .build();

  public SharedHttps(HttpsDoor door) {
    this.door = door;
  }

  /** For a first look. */
  public Https within(Deadline deadline) {
    return new View(deadline, true);
  }

  /** For a confirmation. */
  public Https fresh(Deadline deadline) {
    return new View(deadline, false);
  }

  /** Forgets everything. */
  public void forget() {
    known.invalidateAll();
  }

  /** One check's view: its deadline, and whether what is remembered will do. */
  private final class View implements Https {
    private final Deadline deadline;
    private final boolean remembers;

    View(Deadline deadline, boolean remembers) {
      this.deadline = deadline;
      this.remembers = remembers;
    }

    @Override
    public int port() {
      return door.port();
    }

    @Override
    public boolean allowsPrivate() {
      return door.allowsPrivate();
    }

    @Override
    public HttpsLook get(Target target) {
      var seen = remembers && !target.version().isEmpty() ? known.getIfPresent(target) : null;
      if (seen != null) {
        return seen;
      }
      var look = door.get(target, deadline);
      // What went wrong is looked at again at the next turn.
      if (look instanceof HttpsLook.Spoke spoke && spoke.isWhole()) {
        known.put(target, spoke);
      } else {
        known.invalidate(target);
      }
      return look;
    }
  }
}
