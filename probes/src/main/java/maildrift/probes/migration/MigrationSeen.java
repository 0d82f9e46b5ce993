package maildrift.probes.migration;

import java.util.List;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Question;
import maildrift.probes.domain.Migration;
import maildrift.probes.zone.ZoneServers;

/** What was seen of a migration. */
sealed interface MigrationSeen {

  /** The domain stays where it is; nothing was asked. */
  record Staying() implements MigrationSeen {}

  /**
   * It moves.
   *
   * @param servers what each of the zone's own servers says of {@link #MX} and {@link #TXT}
   * @param resolvers what each resolver says of MX; none before the start
   * @param old what is published of the old state's other records; nothing before the end
   */
  record Moving(
      Migration migration,
      Migration.Phase phase,
      ZoneServers.Look servers,
      List<Resolver> resolvers,
      List<Old> old)
      implements MigrationSeen {
    static final int MX = 0;
    static final int TXT = 1;

    public Moving {
      resolvers = List.copyOf(resolvers);
      old = List.copyOf(old);
    }
  }

  /** What one resolver says of the domain's MX. */
  record Resolver(String name, Answer answer) {}

  /**
   * A record that only the old state knows.
   *
   * @param value the pattern of what the old state had there; empty for a DKIM key
   */
  record Old(Question question, String value, boolean isKey, Answer answer) {}
}
