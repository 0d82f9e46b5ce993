package maildrift.probes.dns;

import java.util.Set;

/** What the zones' own servers say, and where they could not be asked, what the resolvers do. */
public interface Authoritative extends Dns {

  /** The questions asked so far that no server of the zone has answered. */
  Set<Question> secondHand();
}
