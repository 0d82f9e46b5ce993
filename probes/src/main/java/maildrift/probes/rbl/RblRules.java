package maildrift.probes.rbl;

import java.util.List;
import maildrift.probes.Rule;

/** What is demanded of blocklists, and of those that stand there. */
final class RblRules {

  private RblRules() {}

  static final Rule LISTED =
      Rule.warning("rbl.listed", "an address or the domain itself stands on a blocklist")
          .why(
              "Whoever uses the list refuses mail from that address, or that names that domain, or"
                  + " puts it aside as spam; often the sender is told nothing.")
          .reference("RFC 5782 §2, §3; the list's own pages")
          .remedy(
              "Find out why it is listed (the list's reason, queues and logs of that address), stop"
                  + " that, and then ask the list for removal: removed too early, it is listed again.")
          .example("10.2.0.192.bl.example.net. IN A 127.0.0.2 for the MX address 192.0.2.10");

  static final Rule UNUSABLE =
      Rule.info("rbl.unusable", "a blocklist does not answer us as a list")
          .why(
              "What it answers says nothing about you: it refuses whoever asks, has been closed, or"
                  + " lists everything. Until that is mended, nobody knows whether you stand there.")
          .reference("RFC 5782 §5; the list's terms of use")
          .remedy(
              "Ask through a resolver of your own instead of a public one, within what the list"
                  + " allows; or take it out of rbl.lists.")
          .example(
              "zen.spamhaus.org answers 127.255.255.254 to whoever asks through a public resolver");

  static final List<Rule> ALL = List.of(LISTED, UNUSABLE);
}
