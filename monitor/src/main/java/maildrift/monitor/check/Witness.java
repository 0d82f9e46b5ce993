package maildrift.monitor.check;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import maildrift.probes.Deadline;
import maildrift.probes.Network;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Dnssec;
import maildrift.probes.dns.NameServers;
import maildrift.probes.dns.OneResolver;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.https.Https;
import maildrift.probes.https.HttpsLook;
import maildrift.probes.netblocks.Feeds;
import maildrift.probes.smtp.Concessions;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.smtp.Trial;
import maildrift.probes.smtp.Tried;

/**
 * Stands between one probe and the network of one look, and marks what the probe was told: two
 * looks with one mark saw the same. Times to live and the servers' names do not count.
 */
final class Witness implements Network {
  /**
   * Keyed anew in every process, by a function that is made for it: whoever writes records cannot
   * aim at a mark, and so cannot hide a change.
   */
  private static final HashFunction KEYED = keyed(new SecureRandom());

  private static HashFunction keyed(SecureRandom random) {
    return Hashing.sipHash24(random.nextLong(), random.nextLong());
  }

  private final Network network;
  private final Instant now;
  private final Dns dns;

  /** A sum, so that it does not matter which question was asked first. */
  private long sum;

  /** As {@link #dns}. */
  private final Dns resolvers;

  private boolean isDnsAlone = true;

  /** Every question as often as it was asked. */
  private final List<Question> asked = new ArrayList<>();

  /**
   * Stands between.
   *
   * @param now of the look
   */
  Witness(Network network, Instant now) {
    this.network = network;
    this.now = now;
    this.dns = questions -> noting(questions, network.dns().ask(questions));
    this.resolvers = questions -> noting(questions, network.resolvers().ask(questions));
    this.sum = start(network);
  }

  /** The mark of who has asked nothing yet. */
  static long start(Network network) {
    return (network.allowsPrivate() ? 1L : 0) + (network.https().allowsPrivate() ? 2L : 0);
  }

  private List<Answer> noting(List<Question> questions, List<Answer> answers) {
    var more = 0L;
    for (var i = 0; i < questions.size(); i++) {
      more += hash(questions.get(i), answers.get(i));
    }
    synchronized (this) {
      sum += more;
      asked.addAll(questions);
    }
    return answers;
  }

  synchronized List<Question> asked() {
    return List.copyOf(asked);
  }

  /** What one answer adds to a mark. */
  static long hash(Question question, Answer answer) {
    var hasher = KEYED.newHasher();
    put(hasher, question.name().toString());
    put(hasher, question.type().toString());
    switch (answer) {
      case Answer.Found(var records, var aliases, _, _, var validated) -> {
        put(hasher.putByte((byte) 'f').putBoolean(validated), aliases);
        for (var data : records) {
          if (data instanceof Rdata.Txt(var strings)) {
            hasher.putInt(strings.size());
            strings.forEach(string -> put(hasher, string));
          } else {
            put(hasher, data.text());
          }
        }
      }
      case Answer.NoData(var aliases, _, _, var validated) ->
          put(hasher.putByte((byte) 'd').putBoolean(validated), aliases);
      case Answer.NoSuchName(var aliases, _, _, var validated) ->
          put(hasher.putByte((byte) 'n').putBoolean(validated), aliases);
      // Where no judgement needs it, such as a reverse name that is refused, it leaves no gap.
      case Answer.Unanswered(var failure, var why, _) -> {
        put(hasher.putByte((byte) 'u'), failure.name());
        hasher.putInt(why.length()).putUnencodedChars(why);
      }
    }
    return hasher.hash().asLong();
  }

  private static void put(Hasher hasher, List<DnsName> names) {
    hasher.putInt(names.size());
    names.forEach(name -> put(hasher, name.toString()));
  }

  /** One char an octet, as everything that comes from the DNS. */
  private static void put(Hasher hasher, String text) {
    hasher.putInt(text.length()).putBytes(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Of what was seen; empty when something was seen by other means than DNS. */
  synchronized OptionalLong mark() {
    return isDnsAlone ? OptionalLong.of(sum) : OptionalLong.empty();
  }

  @Override
  public Dns dns() {
    return dns;
  }

  @Override
  public Dns resolvers() {
    return resolvers;
  }

  /** Only a look at a mail server is more than DNS; to ask for the port is nothing. */
  @Override
  public Smtp smtp() {
    var smtp = network.smtp();
    return new Smtp() {
      @Override
      public List<SmtpLook> look(List<Smtp.Target> targets) {
        notDnsAlone();
        return smtp.look(targets);
      }

      @Override
      public Set<Trial> trials() {
        return smtp.trials();
      }

      @Override
      public List<Tried> attempt(List<Attempt> attempts) {
        notDnsAlone();
        return smtp.attempt(attempts);
      }

      @Override
      public List<Concessions> concessions(List<Target> targets) {
        notDnsAlone();
        return smtp.concessions(targets);
      }

      @Override
      public int port() {
        return smtp.port();
      }
    };
  }

  private synchronized void notDnsAlone() {
    isDnsAlone = false;
  }

  /** Signatures have dates: the same messages need not mean the same tomorrow. */
  @Override
  public Dnssec dnssec() {
    notDnsAlone();
    return network.dnssec();
  }

  /** What single servers say is not what the questions of the next look would be answered. */
  @Override
  public NameServers nameServers() {
    notDnsAlone();
    return network.nameServers();
  }

  /** As above: what one resolver says is not what all of them together would. */
  @Override
  public List<OneResolver> eachResolver() {
    notDnsAlone();
    return network.eachResolver();
  }

  @Override
  public Instant now() {
    return now;
  }

  /** Whom we do not contact, because of what DNS and the configuration say, shows nothing else. */
  @Override
  public Feeds feeds() {
    return network.feeds();
  }

  @Override
  public Https https() {
    var outer = network.https();
    return new Https() {
      @Override
      public HttpsLook get(Https.Target target) {
        var look = outer.get(target);
        if (!(look instanceof HttpsLook.Refused)) {
          notDnsAlone();
        }
        return look;
      }

      @Override
      public boolean allowsPrivate() {
        return outer.allowsPrivate();
      }

      @Override
      public int port() {
        return outer.port();
      }
    };
  }

  @Override
  public boolean allowsPrivate() {
    return network.allowsPrivate();
  }

  @Override
  public Deadline deadline() {
    return network.deadline();
  }
}
