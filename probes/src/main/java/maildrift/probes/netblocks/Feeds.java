package maildrift.probes.netblocks;

import java.util.Optional;
import maildrift.probes.spf.Netblocks;

/** Networks that providers publish on the web and not in DNS, as they were last read. */
@FunctionalInterface
public interface Feeds {

  /** Nobody reads feeds here: there are none. */
  Feeds NONE = _ -> Optional.empty();

  /**
   * One feed; empty where nobody reads it. One that does not answer is unseen, never empty.
   *
   * @param name as profiles call it, e.g. {@code m365-endpoints}
   */
  Optional<Feed> feed(String name);

  /**
   * What is known of a feed now.
   *
   * @param shown its name with what of it is read, e.g. {@code m365-endpoints Worldwide}
   */
  record Feed(String shown, Netblocks networks) {}
}
