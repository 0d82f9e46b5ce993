package maildrift.probes.records;

import static java.util.stream.Collectors.joining;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Prescription.RecordRule;

/** Are the records there that the product variant wants, and those not that it must not have? */
public final class RecordsProbe implements Probe<RecordsProbe.Seen> {
  private static final String NAME = "records";

  static final Rule FORBIDDEN =
      Rule.critical("records.forbidden", "a record is published that the profile forbids")
          .why(
              "Mail clients set themselves up by it, with the wrong server: people cannot log in, or"
                  + " send their password elsewhere.")
          .reference("the provider's set-up instructions; maildrift profiles NAME")
          .remedy("Remove the record.")
          .example("autoconfig.firma.de. IN CNAME autoconfig.mail-connect.net. with SECGATE");

  static final Rule MISSING =
      Rule.warning("records.missing", "a record that the profile requires is not published")
          .why("What the provider offers through it does not work.")
          .reference("the provider's set-up instructions; maildrift profiles NAME")
          .remedy("Publish the record.")
          .example("autodiscover.contoso.tld. IN CNAME autodiscover.outlook.com.");

  static final Rule UNEXPECTED =
      Rule.warning("records.unexpected", "a record has another value than the profile prescribes")
          .why("Clients are sent to another server than the provider's.")
          .reference("the provider's set-up instructions; maildrift profiles NAME")
          .remedy("Publish the prescribed value, or remove the record where it is optional.")
          .example(
              "_autodiscover._tcp.firma.de. IN SRV 0 0 443 autodiscover.old.test. where mail-connect"
                  + " PRO wants 1 100 443 autodiscover.mail-connect.net.");

  static final Rule TRAILING_DOT =
      Rule.warning("records.trailing-dot", "a target ends in the domain's own zone")
          .why(
              "The dot at the end of the target is missing in the zone file, so that the zone's name was added to it: the record leads to a name that does not exist.")
          .reference(
              "RFC 1035 §5.1; all-connect, DNS- und Firewall-Einstellungen: the trailing dot")
          .remedy("Publish the target with a dot at its end.")
          .example(
              "violates: autoconfig CNAME autoconfig.mail-connect.net.firma.de.; does not: autoconfig CNAME autoconfig.mail-connect.net.");

  /** What DNS said of each record that a profile speaks of. */
  public record Seen(Map<Question, Answer> answers) {
    public Seen {
      answers = Collections.unmodifiableMap(new LinkedHashMap<>(answers));
    }
  }

  /** A demand with the profile it comes from, at its full name. */
  private record Wanted(Prescription by, RecordRule rule, Question question) {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Rule> rules() {
    return List.of(FORBIDDEN, MISSING, UNEXPECTED, TRAILING_DOT);
  }

  @Override
  public Seen observe(ManagedDomain domain, Network network) {
    var questions = new LinkedHashSet<Question>();
    wanted(domain).forEach(wanted -> questions.add(wanted.question()));
    if (questions.isEmpty()) {
      return new Seen(Map.of());
    }
    var answers = network.dns().ask(List.copyOf(questions)).iterator();
    var seen = new LinkedHashMap<Question, Answer>();
    questions.forEach(question -> seen.put(question, answers.next()));
    return new Seen(seen);
  }

  private static List<Wanted> wanted(ManagedDomain domain) {
    return domain.prescriptions().stream()
        .flatMap(
            by ->
                by.records().stream()
                    .flatMap(
                        rule ->
                            owner(domain.name(), rule.prefix()).stream()
                                .map(
                                    owner ->
                                        new Wanted(by, rule, new Question(owner, rule.type())))))
        .toList();
  }

  /** Empty for a domain so long that the record cannot exist. */
  private static Optional<DnsName> owner(DnsName domain, String prefix) {
    return prefix.isEmpty() ? Optional.of(domain) : DnsName.parse(prefix + "." + domain);
  }

  @Override
  public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
    return true;
  }

  @Override
  public Judgement judge(ManagedDomain domain, Seen seen, Context context) {
    var judgement = new Judgement.Builder();
    judgement.fact(
        "records",
        seen.answers().entrySet().stream().map(e -> facts(e.getKey(), e.getValue())).toList());
    judgement.fact("judged", judged(domain).stream().map(Rule::id).toList());
    seen.answers()
        .forEach(
            (question, answer) -> {
              if (answer instanceof Answer.Unanswered(_, var why, _)) {
                judgement.add(
                    new Gap(
                        NAME,
                        question.toString(),
                        why,
                        Set.of(FORBIDDEN.id(), MISSING.id(), UNEXPECTED.id(), TRAILING_DOT.id()),
                        Optional.of(question.name().toString())));
              } else {
                judgement.record(question.toString(), String.join(", ", values(answer)));
              }
            });
    for (var wanted : wanted(domain)) {
      var answer = Optional.ofNullable(seen.answers().get(wanted.question()));
      answer
          .filter(said -> !(said instanceof Answer.Unanswered))
          .flatMap(said -> judge(domain.name(), wanted, values(said)))
          .ifPresent(judgement::add);
    }
    return judgement.build(outcome(seen));
  }

  /** A profile that forbids nothing has not seen that nothing forbidden is published. */
  private static List<Rule> judged(ManagedDomain domain) {
    return wanted(domain).stream()
        .flatMap(
            wanted ->
                switch (wanted.rule().demand()) {
                  case FORBIDDEN -> Stream.of(FORBIDDEN);
                  case REQUIRED -> Stream.of(MISSING, UNEXPECTED, TRAILING_DOT);
                  case OPTIONAL -> Stream.of(UNEXPECTED, TRAILING_DOT);
                })
        .distinct()
        .toList();
  }

  @Override
  public boolean looksAt(Rule rule, Judgement own) {
    return own.facts().get("judged") instanceof List<?> judged && judged.contains(rule.id());
  }

  private static Outcome outcome(Seen seen) {
    return !seen.answers().isEmpty()
            && seen.answers().values().stream().allMatch(Answer.Unanswered.class::isInstance)
        ? Outcome.UNOBSERVABLE
        : Outcome.OBSERVED;
  }

  private static Map<String, Object> facts(Question question, Answer answer) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("name", question.name().toString());
    facts.put("type", question.type().name());
    facts.put(
        "outcome",
        switch (answer) {
          case Answer.Found _ -> Outcome.OBSERVED.word();
          case Answer.NoData _, Answer.NoSuchName _ -> Outcome.ABSENT.word();
          case Answer.Unanswered _ -> Outcome.UNOBSERVABLE.word();
        });
    facts.put("values", values(answer));
    return facts;
  }

  private static List<String> values(Answer answer) {
    return answer.records(Rdata.class).stream()
        .map(rdata -> rdata instanceof Rdata.Txt txt ? txt.utf8() : rdata.text())
        .toList();
  }

  private static Optional<Finding> judge(DnsName domain, Wanted wanted, List<String> values) {
    var rule = wanted.rule();
    return switch (rule.demand()) {
      case FORBIDDEN -> {
        var hit =
            values.stream()
                .filter(
                    value -> matches(rule.value(), value) || lacksDot(domain, rule.value(), value))
                .toList();
        yield hit.isEmpty()
            ? Optional.empty()
            : Optional.of(
                finding(
                        wanted,
                        FORBIDDEN,
                        values,
                        "%s %s must not be published with %s%s"
                            .formatted(
                                wanted.question(),
                                String.join(", ", hit),
                                wanted.by().label(),
                                because(rule)))
                    .remedy(
                        "Remove:\n"
                            + hit.stream()
                                .map(value -> line(wanted, value))
                                .collect(joining("\n"))));
      }
      case REQUIRED ->
          values.isEmpty()
              ? Optional.of(
                  finding(
                          wanted,
                          MISSING,
                          values,
                          "%s is not published, but %s requires it%s"
                              .formatted(wanted.question(), wanted.by().label(), because(rule)))
                      .remedy("Publish:\n" + line(wanted, rule.value())))
              : unexpected(domain, wanted, values);
      case OPTIONAL -> values.isEmpty() ? Optional.empty() : unexpected(domain, wanted, values);
    };
  }

  private static Optional<Finding> unexpected(DnsName domain, Wanted wanted, List<String> values) {
    var rule = wanted.rule();
    var others = values.stream().filter(value -> !matches(rule.value(), value)).toList();
    // Other texts may stand beside the wanted one; a second target sends some clients elsewhere.
    var fine = rule.type() == RecordType.TXT ? others.size() < values.size() : others.isEmpty();
    if (!fine && others.stream().allMatch(value -> lacksDot(domain, rule.value(), value))) {
      return Optional.of(
          finding(
                  wanted,
                  TRAILING_DOT,
                  values,
                  "%s is %s: the dot at the end of the target is missing in the zone"
                      .formatted(wanted.question(), String.join(", ", others)))
              .remedy("Publish with the dot at the end:\n" + line(wanted, rule.value())));
    }
    return fine
        ? Optional.empty()
        : Optional.of(
            finding(
                    wanted,
                    UNEXPECTED,
                    values,
                    "%s is %s; %s prescribes %s%s"
                        .formatted(
                            wanted.question(),
                            String.join(", ", others),
                            wanted.by().label(),
                            rule.value(),
                            because(rule)))
                .remedy("Publish in its place:\n" + line(wanted, rule.value())));
  }

  private static Finding finding(Wanted wanted, Rule rule, List<String> values, String message) {
    return Finding.of(rule, wanted.question().name().toString(), message)
        .severity(wanted.by().atMost("records", rule.severity()))
        .cause(wanted.question().toString())
        .with("profile", wanted.by().label())
        .with("type", wanted.question().type().name())
        .with("demand", wanted.rule().demand().name().toLowerCase(Locale.ROOT))
        .with("expected", wanted.rule().value())
        .with("published", values);
  }

  private static String because(RecordRule rule) {
    return rule.reason().isEmpty() ? "" : ": " + rule.reason();
  }

  /** The wanted value, with the domain's zone after it: the domain's own, or one above. */
  private static boolean lacksDot(DnsName domain, String pattern, String value) {
    for (var dot = value.indexOf('.'); dot >= 0; dot = value.indexOf('.', dot + 1)) {
      var zone = DnsName.parse(value.substring(dot + 1));
      if (zone.filter(domain::isWithin).isPresent() && matches(pattern, value.substring(0, dot))) {
        return !pattern.isEmpty();
      }
    }
    return false;
  }

  /** Word by word; {@code *} stands for one word, and an empty pattern for anything. */
  public static boolean matches(String pattern, String value) {
    if (pattern.isEmpty()) {
      return true;
    }
    var wanted = pattern.split(" ", -1);
    var words = value.split(" ", -1);
    if (wanted.length != words.length) {
      return false;
    }
    for (var i = 0; i < wanted.length; i++) {
      if (!wanted[i].equals("*") && !wanted[i].equalsIgnoreCase(words[i])) {
        return false;
      }
    }
    return true;
  }

  private static String line(Wanted wanted, String value) {
    if (value.indexOf('*') >= 0) {
      return "%s %s, of the form %s, as the provider shows it"
          .formatted(wanted.question().name(), wanted.question().type(), value);
    }
    var text =
        switch (wanted.question().type()) {
          case TXT -> "\"" + value + "\"";
          case CNAME, SRV, MX, NS, PTR -> value + ".";
          case A, AAAA, SOA, DS, RRSIG, DNSKEY, NSEC3PARAM, TLSA, SPF, CAA -> value;
        };
    return "%s. IN %s %s".formatted(wanted.question().name(), wanted.question().type(), text);
  }
}
