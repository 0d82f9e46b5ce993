package maildrift.probes.spf;

import java.util.List;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Rdata;

/**
 * How many questions one answer may have cost: each link of a chain of aliases is asked for by
 * itself where a server does not follow it, and what does not fit into a datagram is asked again
 * over TCP.
 */
final class Sent {
  /** A question and the longest chain that is followed. */
  static final int AT_MOST = 17;

  /** Records beyond this do not fit into a datagram of 1,232 octets. */
  private static final int LARGE = 1_150;

  private Sent() {}

  static int by(Answer answer) {
    return switch (answer) {
      case Answer.Found found -> by(found.aliases()) * (isLarge(found) ? 2 : 1);
      case Answer.NoData none -> by(none.aliases());
      case Answer.NoSuchName none -> by(none.aliases());
      case Answer.Unanswered _ -> 1;
    };
  }

  private static int by(List<DnsName> aliases) {
    return 1 + aliases.size();
  }

  private static boolean isLarge(Answer.Found found) {
    var octets = 0;
    for (var data : found.records()) {
      octets += 12;
      if (data instanceof Rdata.Txt(var strings)) {
        for (var string : strings) {
          octets += string.length() + 1;
        }
      } else {
        octets += 16;
      }
    }
    return octets > LARGE;
  }
}
