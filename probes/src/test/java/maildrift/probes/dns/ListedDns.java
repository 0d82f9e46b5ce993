package maildrift.probes.dns;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maildrift.probes.Deadline;
import maildrift.probes.Network;
import maildrift.probes.smtp.Smtp;

/**
 * DNS that is a list, for pure tests: {@code contoso.test MX 10 mx.contoso.test}. A CNAME is
 * followed; {@code mx.contoso.test A timeout} is a question without answer. It keeps what it was
 * asked.
 */
public final class ListedDns implements Dns, Network {
  private final Map<Question, List<Rdata>> records = new LinkedHashMap<>();
  private final Map<Question, String> silent = new HashMap<>();
  private final List<Question> asked = new ArrayList<>();
  private int rounds;
  private boolean allowsPrivate;

  public static ListedDns of(String... lines) {
    var dns = new ListedDns();
    for (var line : lines) {
      dns.add(line);
    }
    return dns;
  }

  public ListedDns add(String line) {
    var words = line.strip().split("\\s+", 3);
    var question = new Question(DnsName.of(words[0]), RecordType.valueOf(words[1]));
    if (words[2].equals("timeout")) {
      silent.put(question, "timeout after 2s");
    } else {
      records
          .computeIfAbsent(question, _ -> new ArrayList<>())
          .add(rdata(question.type(), words[2]));
    }
    return this;
  }

  private static Rdata rdata(RecordType type, String value) {
    var words = value.split(" ", -1);
    return switch (type) {
      case A, AAAA -> new Rdata.Address(InetAddress.ofLiteral(value));
      case MX -> new Rdata.Mx(Integer.parseInt(words[0]), DnsName.of(words[1]));
      case CNAME -> new Rdata.Cname(DnsName.of(value));
      case PTR -> new Rdata.Ptr(DnsName.of(value));
      case SRV ->
          new Rdata.Srv(
              Integer.parseInt(words[0]),
              Integer.parseInt(words[1]),
              Integer.parseInt(words[2]),
              DnsName.of(words[3]));
      case TXT -> Rdata.Txt.of(value);
      case TLSA ->
          new Rdata.Tlsa(
              Integer.parseInt(words[0]),
              Integer.parseInt(words[1]),
              Integer.parseInt(words[2]),
              words[3]);
      case CAA -> caa(value);
      case NS, SOA, DS, RRSIG, DNSKEY, NSEC3PARAM, SPF -> Rdata.Other.of(type, new byte[0]);
    };
  }

  /** {@code 0 issue "letsencrypt.org"} */
  private static Rdata caa(String written) {
    var words = written.split(" ", 3);
    return new Rdata.Caa(
        Integer.parseInt(words[0]), words[1], words[2].substring(1, words[2].length() - 1));
  }

  /** The operator means private addresses. */
  public ListedDns allowPrivate() {
    allowsPrivate = true;
    return this;
  }

  @Override
  public boolean allowsPrivate() {
    return allowsPrivate;
  }

  public List<Question> asked() {
    return asked;
  }

  /** How often it was asked, batches counting once. */
  public int rounds() {
    return rounds;
  }

  @Override
  public List<Answer> ask(List<Question> questions) {
    rounds++;
    asked.addAll(questions);
    return questions.stream().map(this::answer).toList();
  }

  private Answer answer(Question question) {
    var aliases = new ArrayList<DnsName>();
    var at = question;
    while (true) {
      if (silent.containsKey(at)) {
        return new Answer.Unanswered(
            Answer.Failure.TIMEOUT, requireNonNull(silent.get(at)), "list");
      }
      var found = records.get(at);
      if (found != null) {
        return new Answer.Found(
            found.stream().sorted().toList(), aliases, Duration.ofMinutes(5), "list", false);
      }
      var alias = records.get(new Question(at.name(), RecordType.CNAME));
      if (alias == null || aliases.size() > 16) {
        break;
      }
      aliases.add(((Rdata.Cname) alias.getFirst()).target());
      at = new Question(aliases.getLast(), question.type());
    }
    var name = at.name();
    var exists =
        records.keySet().stream().anyMatch(known -> known.name().isWithin(name))
            || silent.keySet().stream().anyMatch(known -> known.name().isWithin(name));
    return exists
        ? new Answer.NoData(aliases, Duration.ofMinutes(5), "list", false)
        : new Answer.NoSuchName(aliases, Duration.ofMinutes(5), "list", false);
  }

  @Override
  public Dns dns() {
    return this;
  }

  @Override
  public Smtp smtp() {
    throw new UnsupportedOperationException("nobody asks for mail servers here");
  }

  @Override
  public Deadline deadline() {
    return Deadline.after(Duration.ofMinutes(1));
  }
}
