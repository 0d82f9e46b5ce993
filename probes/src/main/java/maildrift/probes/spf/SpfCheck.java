package maildrift.probes.spf;

import java.net.InetAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.network.Cidr;
import maildrift.probes.spf.SpfResult.Result;

/**
 * {@code check_host(<ip>, <domain>, <sender>)} of RFC 7208 §4, with every limit of §4.6.4. One
 * object is one evaluation: it counts.
 *
 * <p>What the RFC leaves open is decided thus: a name that cannot exist (empty or too long label)
 * matches nothing; a target of {@code include} or {@code redirect} that cannot exist has no record
 * (permerror); "void" terms are counted, not questions (§4.6.4 speaks of terms), so that an IPv6
 * sender is not refused because three MX hosts have no AAAA; and the lookups behind {@code ptr} and
 * {@code %{p}} are not counted as void, since the connecting client decides about them.
 */
public final class SpfCheck {
  /** Terms that ask, §4.6.4. */
  static final int MAX_TERMS = 10;

  /** Address lookups of one {@code mx}, reverse names of one {@code ptr}, §4.6.4. */
  static final int MAX_NAMES = 10;

  /** Terms whose answer is "there is none", §4.6.4. */
  static final int MAX_VOIDS = 2;

  /** A guard of ours: no evaluation within the limits above comes near. */
  static final int MAX_QUESTIONS = 250;

  private static final int LONGEST_EXPLANATION = 4096;

  private final Client client;
  private final Sender sender;
  private final String helo;
  private final Dns dns;
  private final InstantSource clock;
  private int terms;
  private int voids;
  private int questions;
  private Optional<List<DnsName>> reverseNames = Optional.empty();

  private SpfCheck(Client client, Sender sender, String helo, Dns dns, InstantSource clock) {
    this.client = client;
    this.sender = sender;
    this.helo = helo;
    this.dns = dns;
    this.clock = clock;
  }

  /**
   * May {@code ip} send mail for the sender's domain?
   *
   * @param ip an IPv4 or IPv6 literal
   * @param helo the name of HELO or EHLO; may be empty
   * @param sender MAIL FROM; empty for the null sender, with which {@code postmaster@helo} is
   *     checked
   * @throws IllegalArgumentException if {@code ip} is no address
   */
  public static SpfResult check(String ip, String helo, String sender, Dns dns) {
    return check(Client.parse(ip), helo, sender, dns, InstantSource.system());
  }

  public static SpfResult check(InetAddress ip, String helo, String sender, Dns dns) {
    return check(Client.of(ip.getAddress()), helo, sender, dns, InstantSource.system());
  }

  static SpfResult check(Client client, String helo, String sender, Dns dns, InstantSource clock) {
    var check = new SpfCheck(client, Sender.of(sender, helo), helo, dns, clock);
    return check.run();
  }

  private SpfResult run() {
    var decision = host(sender.domain());
    var explanation =
        decision.result == Result.FAIL
            ? decision.exp.flatMap(exp -> explain(exp.target(), decision.domain))
            : Optional.<String>empty();
    return new SpfResult(
        decision.result,
        explanation,
        decision.term.map(Term::text).or(() -> decision.token),
        decision.path,
        decision.why);
  }

  /**
   * How one record, or one that it redirects to, decided.
   *
   * @param domain whose record decided
   * @param term that decided
   * @param token the offending text where a term could not be read
   * @param exp the explanation of the record that decided
   */
  private record Decision(
      Result result,
      String domain,
      Optional<Term> term,
      Optional<String> token,
      Optional<Term.Explanation> exp,
      List<String> path,
      String why) {

    static Decision without(Result result, String domain, String why) {
      return new Decision(
          result, domain, Optional.empty(), Optional.empty(), Optional.empty(), List.of(), why);
    }

    static Decision by(Term term, Result result, String domain, List<String> below, String why) {
      var path = new ArrayList<String>();
      path.add(domain + ": " + term.text());
      path.addAll(below);
      return new Decision(
          result, domain, Optional.of(term), Optional.empty(), Optional.empty(), path, why);
    }

    Decision exp(Optional<Term.Explanation> value) {
      return new Decision(result, domain, term, token, value, path, why);
    }
  }

  /** Whether a mechanism matches; an error ends the whole evaluation. */
  private sealed interface Match {}

  private record Yes(List<String> path) implements Match {}

  private record No() implements Match {}

  private record Failed(Result result, List<String> path, String why) implements Match {}

  private static final Match NO = new No();
  private static final Match YES = new Yes(List.of());

  private static Match temporary(Answer.Unanswered answer, Question question) {
    return new Failed(Result.TEMPERROR, List.of(), "%s: %s".formatted(question, answer.why()));
  }

  private static Match permanent(String why) {
    return new Failed(Result.PERMERROR, List.of(), why);
  }

  /** {@code check_host()} for one domain: §4.3 to §4.7. */
  private Decision host(String domain) {
    var name = fullName(domain);
    if (name.isEmpty()) {
      return Decision.without(Result.NONE, domain, "'%s' is no mail domain".formatted(domain));
    }
    var question = new Question(name.get(), RecordType.TXT);
    var answer = ask(question);
    if (answer instanceof Answer.Unanswered(_, var why, _)) {
      return Decision.without(Result.TEMPERROR, domain, "%s: %s".formatted(question, why));
    }
    var records =
        answer.records(Rdata.Txt.class).stream()
            .map(Rdata.Txt::joined)
            .filter(SpfRecord::isSpf)
            .toList();
    return switch (records.size()) {
      case 0 -> Decision.without(Result.NONE, domain, domain + " publishes no SPF record");
      case 1 -> record(domain, SpfRecord.parse(records.getFirst()));
      default ->
          Decision.without(
              Result.PERMERROR,
              domain,
              "%s publishes %d SPF records".formatted(domain, records.size()));
    };
  }

  /** §4.3: a name of two or more labels, all of which can exist. */
  private static Optional<DnsName> fullName(String domain) {
    if (domain.startsWith("[")
        || domain.indexOf(' ') >= 0
        || domain.length() > DomainSpec.LONGEST_NAME) {
      return Optional.empty();
    }
    return DomainSpec.name(domain).filter(name -> name.labels().size() > 1);
  }

  private Decision record(String domain, SpfRecord record) {
    var broken = record.problems().stream().filter(SyntaxProblem::isPermanentError).findFirst();
    if (broken.isPresent()) {
      var problem = broken.get();
      return new Decision(
          Result.PERMERROR,
          domain,
          Optional.empty(),
          Optional.of(problem.token()),
          Optional.empty(),
          List.of(domain + ": " + problem.token()),
          problem.toString());
    }
    for (var term : record.terms()) {
      if (term instanceof Term.Directive directive) {
        switch (matches(directive, domain)) {
          case No _ -> {}
          case Yes(var path) -> {
            return Decision.by(
                    directive,
                    directive.qualifier().result(),
                    domain,
                    path,
                    "matches " + directive.text())
                .exp(record.explanation());
          }
          case Failed(var result, var path, var why) -> {
            return Decision.by(directive, result, domain, path, why);
          }
        }
      }
    }
    return record
        .redirect()
        .map(redirect -> redirected(redirect, domain))
        .orElseGet(
            () -> Decision.without(Result.NEUTRAL, domain, "no term matches, and there is no all"));
  }

  /** §6.1. The target's explanation counts, not ours (§6.2). */
  private Decision redirected(Term.Redirect redirect, String domain) {
    if (++terms > MAX_TERMS) {
      return Decision.by(redirect, Result.PERMERROR, domain, List.of(), tooManyTerms());
    }
    var target = DomainSpec.fitted(expand(redirect.target(), domain));
    var decision = host(target);
    return switch (decision.result) {
      case NONE ->
          Decision.by(redirect, Result.PERMERROR, domain, List.of(), "redirect: " + decision.why);
      case PASS, FAIL, SOFTFAIL, NEUTRAL, TEMPERROR, PERMERROR -> {
        var path = new ArrayList<String>();
        path.add(domain + ": " + redirect.text());
        path.addAll(decision.path);
        // Without a term below (default neutral, a time-out of the target), redirect decided.
        var here = decision.term.isEmpty() && decision.token.isEmpty();
        yield new Decision(
            decision.result,
            decision.domain,
            here ? Optional.of(redirect) : decision.term,
            decision.token,
            decision.exp,
            path,
            decision.why);
      }
    };
  }

  private static String tooManyTerms() {
    return "more than %d terms that ask DNS (RFC 7208 §4.6.4)".formatted(MAX_TERMS);
  }

  private Match matches(Term.Directive directive, String domain) {
    if (directive.asks() && ++terms > MAX_TERMS) {
      return permanent(tooManyTerms());
    }
    var match =
        switch (directive.mechanism()) {
          case Term.All _ -> YES;
          case Term.Ip4(var network) -> within(network);
          case Term.Ip6(var network) -> within(network);
          case Term.Include(var target) -> included(target, domain);
          case Term.A(var target, var prefixes) -> address(named(target, domain), prefixes);
          case Term.Mx(var target, var prefixes) -> exchange(named(target, domain), prefixes);
          case Term.Exists(var target) -> exists(expand(target, domain));
          case Term.Ptr(var target) -> reverse(named(target, domain));
        };
    return match instanceof Failed || voids <= MAX_VOIDS
        ? match
        : permanent(
            "more than %d terms whose lookup is void (RFC 7208 §4.6.4)".formatted(MAX_VOIDS));
  }

  private Match within(Cidr network) {
    return network.contains(client.address()) ? YES : NO;
  }

  private String named(Optional<DomainSpec> target, String domain) {
    return target.map(spec -> expand(spec, domain)).orElse(domain);
  }

  /** §5.2's table. */
  private Match included(DomainSpec target, String domain) {
    var decision = host(DomainSpec.fitted(expand(target, domain)));
    return switch (decision.result) {
      case PASS -> new Yes(decision.path);
      case FAIL, SOFTFAIL, NEUTRAL -> NO;
      case TEMPERROR, PERMERROR -> new Failed(decision.result, decision.path, decision.why);
      case NONE -> permanent("include: " + decision.why);
    };
  }

  /** §5.3. */
  private Match address(String expanded, Term.DualCidr prefixes) {
    var name = DomainSpec.name(expanded);
    if (name.isEmpty()) {
      return NO;
    }
    var question = new Question(name.get(), client.type());
    var answer = ask(question);
    if (answer instanceof Answer.Unanswered unanswered) {
      return temporary(unanswered, question);
    }
    countVoid(answer);
    return holdsClient(answer, prefixes) ? YES : NO;
  }

  private void countVoid(Answer answer) {
    if (answer.isAbsent()) {
      voids++;
    }
  }

  private boolean holdsClient(Answer answer, Term.DualCidr prefixes) {
    return answer.records(Rdata.Address.class).stream()
        .map(record -> record.address().getAddress())
        .filter(octets -> (octets.length == 4) == client.isIpv4())
        .anyMatch(octets -> prefixes.around(octets).contains(client.address()));
  }

  /** §5.4. No MX is no match: no implicit MX here. */
  private Match exchange(String expanded, Term.DualCidr prefixes) {
    var name = DomainSpec.name(expanded);
    if (name.isEmpty()) {
      return NO;
    }
    var question = new Question(name.get(), RecordType.MX);
    var answer = ask(question);
    if (answer instanceof Answer.Unanswered unanswered) {
      return temporary(unanswered, question);
    }
    countVoid(answer);
    var exchanges = answer.records(Rdata.Mx.class);
    if (exchanges.size() > MAX_NAMES) {
      return permanent("%s has more than %d MX records".formatted(name.get(), MAX_NAMES));
    }
    var hosts =
        exchanges.stream()
            .map(Rdata.Mx::host)
            .filter(host -> !host.isRoot())
            .distinct()
            .map(host -> new Question(host, client.type()))
            .toList();
    return hosts.isEmpty() ? NO : exchangeHosts(hosts, prefixes);
  }

  private Match exchangeHosts(List<Question> hosts, Term.DualCidr prefixes) {
    var answers = ask(hosts);
    if (answers.stream().anyMatch(found -> holdsClient(found, prefixes))) {
      return YES;
    }
    for (var i = 0; i < hosts.size(); i++) {
      if (answers.get(i) instanceof Answer.Unanswered unanswered) {
        return temporary(unanswered, hosts.get(i));
      }
    }
    if (answers.stream().allMatch(Answer::isAbsent)) {
      voids++;
    }
    return NO;
  }

  /** §5.7: type A, whatever the client's family. */
  private Match exists(String expanded) {
    var name = DomainSpec.name(expanded);
    if (name.isEmpty()) {
      return NO;
    }
    var question = new Question(name.get(), RecordType.A);
    return switch (ask(question)) {
      case Answer.Found _ -> YES;
      case Answer.Unanswered unanswered -> temporary(unanswered, question);
      case Answer.NoData _, Answer.NoSuchName _ -> {
        voids++;
        yield NO;
      }
    };
  }

  /** §5.5: a DNS error is no match. */
  private Match reverse(String expanded) {
    return DomainSpec.name(expanded)
            .filter(target -> validatedNames().stream().anyMatch(name -> name.isWithin(target)))
            .isPresent()
        ? YES
        : NO;
  }

  /** The client's reverse names that lead back to it, of the first ten (§5.5, §4.6.4). */
  private List<DnsName> validatedNames() {
    if (reverseNames.isEmpty()) {
      reverseNames = Optional.of(validate());
    }
    return reverseNames.get();
  }

  private List<DnsName> validate() {
    var names =
        ask(new Question(client.reverse(), RecordType.PTR)).records(Rdata.Ptr.class).stream()
            .map(Rdata.Ptr::name)
            .filter(name -> !name.isRoot())
            .distinct()
            .limit(MAX_NAMES)
            .toList();
    if (names.isEmpty()) {
      return List.of();
    }
    var answers = ask(names.stream().map(name -> new Question(name, client.type())).toList());
    var validated = new ArrayList<DnsName>();
    for (var i = 0; i < names.size(); i++) {
      if (holdsClient(answers.get(i), Term.DualCidr.SINGLE)) {
        validated.add(names.get(i));
      }
    }
    return List.copyOf(validated);
  }

  /** §6.2: whatever goes wrong, there is no explanation. */
  private Optional<String> explain(DomainSpec target, String domain) {
    return DomainSpec.name(expand(target, domain))
        .map(name -> ask(new Question(name, RecordType.TXT)).records(Rdata.Txt.class))
        .filter(texts -> texts.size() == 1)
        .flatMap(texts -> SpfParser.explanation(texts.getFirst().joined()))
        .map(text -> text.expand(letter -> value(letter, domain)))
        .filter(text -> text.length() <= LONGEST_EXPLANATION)
        .filter(text -> text.chars().allMatch(c -> c >= 0x20 && c < 0x7f));
  }

  private String expand(DomainSpec spec, String domain) {
    return spec.macros().expand(letter -> value(letter, domain));
  }

  /** §7.2. */
  private String value(char letter, String domain) {
    return switch (letter) {
      case 's' -> sender.toString();
      case 'l' -> sender.local();
      case 'o' -> sender.domain();
      case 'd' -> domain;
      case 'i' -> client.dotted();
      case 'p' -> reverseName(domain);
      case 'v' -> client.family();
      case 'h' -> helo;
      case 'c' -> client.readable();
      case 'r' -> "unknown";
      case 't' -> Long.toString(clock.instant().getEpochSecond());
      default -> throw new IllegalArgumentException("no macro letter: " + letter);
    };
  }

  /** §7.3: the domain itself, else a name below it, else any, else {@code unknown}. */
  private String reverseName(String domain) {
    var names = validatedNames();
    var own = DomainSpec.name(domain);
    return names.stream()
        .filter(name -> own.filter(name::equals).isPresent())
        .findFirst()
        .or(() -> names.stream().filter(name -> own.filter(name::isWithin).isPresent()).findFirst())
        .or(() -> names.stream().findFirst())
        .map(DnsName::toString)
        .orElse("unknown");
  }

  private Answer ask(Question question) {
    return ask(List.of(question)).getFirst();
  }

  private List<Answer> ask(List<Question> wanted) {
    var answers = new ArrayList<Answer>(wanted.size());
    while (answers.size() < wanted.size()) {
      // What aliases cost shows only afterwards: no more at once than the worst of them leave room
      // for.
      var most = (MAX_QUESTIONS - questions) / Sent.AT_MOST;
      if (most <= 0) {
        answers.add(
            new Answer.Unanswered(
                Answer.Failure.TIMEOUT, "more than %d questions".formatted(MAX_QUESTIONS), ""));
        continue;
      }
      var slice = wanted.subList(answers.size(), Math.min(wanted.size(), answers.size() + most));
      var found = dns.ask(slice);
      found.forEach(answer -> questions += Sent.by(answer));
      answers.addAll(found);
    }
    return answers;
  }
}
