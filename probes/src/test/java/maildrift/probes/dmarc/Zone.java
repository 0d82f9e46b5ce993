package maildrift.probes.dmarc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maildrift.probes.Deadline;
import maildrift.probes.Network;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.smtp.Smtp;

/** TXT records by name, answered without a network; what is asked is remembered. */
final class Zone implements Network, Dns {
  private static final Duration TTL = Duration.ofMinutes(5);

  private final Map<DnsName, List<Rdata>> texts = new HashMap<>();
  private final Set<DnsName> existing = new HashSet<>();
  private final Set<DnsName> failing = new HashSet<>();
  private final Set<DnsName> nullMx = new HashSet<>();
  private final Set<DnsName> mailless = new HashSet<>();
  private final Map<DnsName, DnsName> aliases = new HashMap<>();
  final List<Question> asked = new ArrayList<>();

  Zone txt(String name, String... records) {
    for (var text : records) {
      texts.computeIfAbsent(DnsName.of(name), _ -> new ArrayList<>()).add(Rdata.Txt.of(text));
    }
    return exists(name);
  }

  /** The name and all above it. */
  Zone exists(String name) {
    for (var at = DnsName.of(name); !at.isRoot(); at = at.parent()) {
      existing.add(at);
    }
    return this;
  }

  Zone fails(String name) {
    failing.add(DnsName.of(name));
    return this;
  }

  Zone cname(String name, String target) {
    aliases.put(DnsName.of(name), DnsName.of(target));
    return exists(name);
  }

  /** Names below which a policy was looked for. */
  List<String> askedNames() {
    return asked.stream()
        .map(question -> question.name().toString())
        .filter(name -> name.contains("_dmarc."))
        .toList();
  }

  boolean isAsked(String name, RecordType type) {
    return asked.contains(new Question(DnsName.of(name), type));
  }

  /** RFC 7505; every other name takes mail. */
  Zone nullMx(String name) {
    nullMx.add(DnsName.of(name));
    return this;
  }

  /** Neither MX nor address. */
  Zone takesNoMail(String name) {
    mailless.add(DnsName.of(name));
    return this;
  }

  @Override
  public List<Answer> ask(List<Question> questions) {
    asked.addAll(questions);
    return questions.stream().map(this::answer).toList();
  }

  private Answer answer(Question question) {
    if (failing.contains(question.name())) {
      return new Answer.Unanswered(Answer.Failure.SERVFAIL, "SERVFAIL from test", "test");
    }
    if (question.type() == RecordType.MX && !mailless.contains(question.name())) {
      var mx =
          nullMx.contains(question.name())
              ? new Rdata.Mx(0, DnsName.ROOT)
              : new Rdata.Mx(10, DnsName.of("mx.contoso.test"));
      return new Answer.Found(List.of(mx), List.of(), TTL, "test", false);
    }
    var alias = aliases.get(question.name());
    var owner = alias == null ? question.name() : alias;
    var chain = alias == null ? List.<DnsName>of() : List.of(alias);
    var records = texts.get(owner);
    if (records != null && question.type() == RecordType.TXT) {
      return new Answer.Found(records, chain, TTL, "test", false);
    }
    return existing.contains(owner)
        ? new Answer.NoData(chain, TTL, "test", false)
        : new Answer.NoSuchName(chain, TTL, "test", false);
  }

  @Override
  public Dns dns() {
    return this;
  }

  @Override
  public Smtp smtp() {
    throw new AssertionError("dmarc has no business with mail servers");
  }

  @Override
  public Deadline deadline() {
    return Deadline.after(Duration.ofSeconds(5));
  }
}
