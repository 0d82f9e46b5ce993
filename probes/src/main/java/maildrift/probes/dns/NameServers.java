package maildrift.probes.dns;

import java.util.List;
import java.util.Optional;

/**
 * Asks name servers one by one, past every resolver: what is published by each, not what the world
 * still remembers. Blocking: called on virtual threads, within the deadline it was made with. Never
 * throws for what a server does. Whether an address may be asked at all is the caller's to decide.
 */
public interface NameServers {

  /** Nobody may be asked. */
  NameServers NONE =
      new NameServers() {
        @Override
        public Optional<Named> named(DnsName name) {
          return Optional.empty();
        }

        @Override
        public boolean followsDelegations() {
          return false;
        }

        @Override
        public int port() {
          return DnsServer.DEFAULT_PORT;
        }

        @Override
        public boolean hasHeard(boolean six) {
          return false;
        }

        @Override
        public Dns resolvers() {
          return questions ->
              questions.stream()
                  .<Answer>map(
                      _ ->
                          new Answer.Unanswered(
                              Answer.Failure.UNASKABLE, "nobody may be asked", ""))
                  .toList();
        }

        @Override
        public List<ServerLook> ask(
            DnsName zone, List<DnsServer> servers, List<Question> questions) {
          return List.of();
        }

        @Override
        public Optional<List<DnsName>> delegation(DnsName zone, List<DnsServer> parents) {
          return Optional.empty();
        }
      };

  /**
   * Whom the operator named.
   *
   * @param zone for which zone
   */
  record Named(DnsName zone, List<DnsServer> servers) {
    public Named {
      servers = List.copyOf(servers);
    }
  }

  /** The same, but for what was heard before: each server is asked now. */
  default NameServers anew() {
    return this;
  }

  /** The servers that the operator named for the deepest zone at or above this name. */
  Optional<Named> named(DnsName name);

  /** Whether servers may be asked that nobody but the DNS itself names. */
  boolean followsDelegations();

  /** Where servers listen that NS records name. */
  int port();

  /**
   * Whether any server has answered over IPv6, or over IPv4, since the start. Where none ever has,
   * the family leads nowhere from here, and its silence is no news.
   */
  boolean hasHeard(boolean six);

  /**
   * Whoever says where servers are: resolvers, also in a look that asks nobody else for records.
   */
  Dns resolvers();

  /**
   * Asks each server all questions over UDP, and again over TCP, all at once.
   *
   * @param zone what lies outside is not theirs to say
   * @return in the servers' order
   */
  List<ServerLook> ask(DnsName zone, List<DnsServer> servers, List<Question> questions);

  /**
   * Whom the parent's servers delegate a zone to, as the first of them says that refers to it;
   * sorted. Empty when none does: they do not answer, know of no delegation, or serve the zone
   * themselves.
   */
  Optional<List<DnsName>> delegation(DnsName zone, List<DnsServer> parents);
}
