package maildrift.probes.zone;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maildrift.probes.Network;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Said;

/** What each server of the zone that a name is in says, for probes that need one record of each. */
public final class ZoneServers {
  private ZoneServers() {}

  /** What came of asking them. */
  public sealed interface Look {

    /** They were asked; not all of them need have answered. */
    record Asked(List<Server> servers) implements Look {
      public Asked {
        servers = List.copyOf(servers);
      }
    }

    /** None was, and nothing is wrong with that. */
    record Nobody(String why) implements Look {}

    /** Whom to ask could not be learned. */
    record Unknown(String unseen, String why) implements Look {}
  }

  /**
   * One server.
   *
   * @param name for people
   * @param isMissed it could have been heard: its silence hides something
   * @param answers in the questions' order; empty: it did not say
   */
  public record Server(String name, boolean isMissed, List<Optional<Answer>> answers) {
    public Server {
      answers = List.copyOf(answers);
    }
  }

  /** Asks all of them now, whatever was heard before. */
  public static Look ask(DnsName name, Network network, List<Question> questions) {
    return switch (ZoneProbe.look(name, network, network.nameServers().anew(), _ -> questions)) {
      case ZoneSeen.Nobody(var why) -> new Look.Nobody(why);
      case ZoneSeen.Unknown(var unseen, var why) -> new Look.Unknown(unseen, why);
      case ZoneSeen.Asked asked ->
          new Look.Asked(
              asked.servers().stream().map(server -> server(server, questions.size())).toList());
    };
  }

  private static Server server(ZoneSeen.Server server, int questions) {
    var answers = new ArrayList<Optional<Answer>>();
    for (var i = 0; i < questions; i++) {
      answers.add(server.answers(i).stream().findFirst());
    }
    var isMissed =
        server.isMissed()
            || server.said(0).stream().anyMatch(said -> !(said instanceof Said.Unheard));
    return new Server(server.shown(), isMissed, answers);
  }
}
