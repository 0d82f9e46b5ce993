package maildrift.probes.rbl;

import java.util.ArrayList;
import java.util.List;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Rdata;
import maildrift.probes.domain.Blocklist;
import maildrift.probes.network.Cidr;

/** What an answer of a list means (RFC 5782 §2.1). */
sealed interface Reading {

  /** It stands there. */
  record Listed(List<String> codes) implements Reading {
    public Listed {
      codes = List.copyOf(codes);
    }
  }

  /**
   * It does not.
   *
   * @param ignored answers that the operator does not count
   */
  record NotListed(List<String> ignored) implements Reading {
    public NotListed {
      ignored = List.copyOf(ignored);
    }
  }

  /**
   * The list said something, but nothing about us.
   *
   * @param why half a sentence
   */
  record NoList(String why) implements Reading {}

  /** Nothing is known. */
  record Unseen(String why) implements Reading {}

  static Reading of(Blocklist list, Answer answer) {
    return switch (answer) {
      case Answer.Unanswered(var _, var why, var _) -> new Unseen(why);
      case Answer.NoData _, Answer.NoSuchName _ -> new NotListed(List.of());
      case Answer.Found found -> of(list, found);
    };
  }

  private static Reading of(Blocklist list, Answer.Found found) {
    var counted = new ArrayList<String>();
    var ignored = new ArrayList<String>();
    for (var record : found.records(Rdata.Address.class)) {
      var octets = record.address().getAddress();
      var shown = Cidr.text(record.address());
      if (octets.length != 4 || octets[0] != 127) {
        return new NoList(
            "it answers %s, which is no answer of a list: its name has been given up, or your resolver makes up answers for names that do not exist"
                .formatted(shown));
      }
      if ((octets[1] & octets[2]) == -1) {
        return new NoList("it answers %s: %s".formatted(shown, error(octets[3] & 0xff)));
      }
      if (shown.equals("127.0.0.1") && !list.names(octets)) {
        return new NoList(
            "it answers 127.0.0.1, by which lists refuse who asks through a public resolver or too often");
      }
      (list.counts(octets) ? counted : ignored).add(shown);
    }
    return counted.isEmpty() ? new NotListed(ignored) : new Listed(counted);
  }

  /** As Spamhaus documents its codes, which others have taken over. */
  private static String error(int code) {
    return switch (code) {
      case 252 -> "the name of the list is misspelt";
      case 254 -> "you ask through a public or open resolver, which it refuses";
      case 255 -> "you ask more often than it allows";
      default -> "an error code, not a listing";
    };
  }
}
