package maildrift.probes.detect;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.Deadline;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.profile.Clues;
import maildrift.probes.profile.Detected;
import maildrift.probes.profile.Detector;
import maildrift.probes.profile.Profile;
import maildrift.probes.spf.SpfTree;

/**
 * One look at a domain for what tells its providers.
 *
 * @param unseen questions without an answer, and why: what they hide may be a provider
 */
public record Survey(DnsName domain, Clues clues, List<String> unseen) {
  private static final int MOST_MX_HOSTS = 10;

  /** No provider makes this host for anybody; where it exists, every name does. */
  private static final String NOBODY = "maildrift-asks-for-nobody";

  public Survey {
    unseen = List.copyOf(unseen);
  }

  public static Survey of(
      DnsName domain, Collection<Profile> profiles, Dns dns, Deadline deadline) {
    return new Asking(domain, dns).survey(Detector.sought(profiles, domain), deadline);
  }

  public List<Detected> detected(Collection<Profile> profiles) {
    return Detector.detect(profiles, domain, clues);
  }

  private static final class Asking {
    private final DnsName domain;
    private final Dns dns;
    private final Set<String> unseen = new LinkedHashSet<>();

    Asking(DnsName domain, Dns dns) {
      this.domain = domain;
      this.dns = dns;
    }

    /** Everything that depends on no other answer is asked at once. */
    Survey survey(Clues.Sought sought, Deadline deadline) {
      var questions = new LinkedHashSet<Question>();
      var answers = new LinkedHashMap<Question, Answer>();
      ask(questions, domain, RecordType.MX);
      sought.selectors().forEach(selector -> ask(questions, key(selector), RecordType.TXT));
      sought.records().forEach(at -> at(at).ifPresent(name -> ask(questions, name, at.type())));
      sought
          .hosts()
          .forEach(
              host -> {
                ask(questions, Optional.of(host), RecordType.A);
                ask(questions, nobody(host), RecordType.A);
              });
      var all = List.copyOf(questions);
      var said = dns.ask(all);
      for (var i = 0; i < all.size(); i++) {
        answers.put(all.get(i), said.get(i));
        if (said.get(i) instanceof Answer.Unanswered(_, var why, _)) {
          unseen.add("%s %s: %s".formatted(all.get(i).name(), all.get(i).type(), why));
        }
      }
      var mx = mx(answers);
      return new Survey(
          domain,
          new Clues(
              mx,
              addresses(mx),
              spf(deadline),
              keys(sought, answers),
              records(sought, answers),
              hosts(sought, answers)),
          List.copyOf(unseen));
    }

    private static void ask(Set<Question> questions, DnsName name, RecordType type) {
      questions.add(new Question(name, type));
    }

    private static void ask(Set<Question> questions, Optional<DnsName> name, RecordType type) {
      name.ifPresent(known -> ask(questions, known, type));
    }

    private Optional<DnsName> key(String selector) {
      return DnsName.parse(selector + "._domainkey." + domain);
    }

    private Optional<DnsName> at(Clues.At at) {
      return at.prefix().isEmpty()
          ? Optional.of(domain)
          : DnsName.parse(at.prefix() + "." + domain);
    }

    private static Optional<DnsName> nobody(DnsName host) {
      var text = host.toString();
      var dot = text.indexOf('.');
      return dot < 0 ? Optional.empty() : DnsName.parse(NOBODY + text.substring(dot));
    }

    private static Optional<Answer> answer(
        Map<Question, Answer> answers, Optional<DnsName> name, RecordType type) {
      return name.flatMap(known -> Optional.ofNullable(answers.get(new Question(known, type))));
    }

    private List<DnsName> mx(Map<Question, Answer> answers) {
      return answer(answers, Optional.of(domain), RecordType.MX).stream()
          .flatMap(answer -> answer.records(Rdata.Mx.class).stream())
          .map(Rdata.Mx::host)
          .filter(host -> !host.isRoot())
          .distinct()
          .toList();
    }

    private List<InetAddress> addresses(List<DnsName> hosts) {
      var questions =
          hosts.stream()
              .limit(MOST_MX_HOSTS)
              .map(host -> new Question(host, RecordType.A))
              .toList();
      return questions.isEmpty()
          ? List.of()
          : dns.ask(questions).stream()
              .flatMap(answer -> answer.records(Rdata.Address.class).stream())
              .map(Rdata.Address::address)
              .toList();
    }

    /** Names that the domain itself writes, in its record, one it redirects to, or one below it. */
    private List<String> spf(Deadline deadline) {
      var tree = SpfTree.of(domain, dns, deadline);
      tree.unseen().forEach(one -> unseen.add("%s: %s".formatted(one.question(), one.why())));
      if (tree.root().seen() instanceof SpfTree.Unanswered(var why)) {
        unseen.add("%s TXT: %s".formatted(domain, why));
      }
      var own = new LinkedHashSet<>(tree.ownPolicies());
      tree.policies().stream()
          .filter(
              policy ->
                  DnsName.parse(policy.name()).filter(name -> name.isWithin(domain)).isPresent())
          .forEach(own::add);
      var names = new LinkedHashSet<String>();
      own.forEach(
          policy ->
              policy.nodes().stream()
                  .flatMap(node -> node.term().names().stream())
                  .map(spec -> withoutMacros(spec.toString()))
                  .filter(name -> !name.isEmpty())
                  .forEach(names::add));
      return List.copyOf(names);
    }

    /** What stands behind the last label with a macro. */
    private static String withoutMacros(String name) {
      var macro = name.lastIndexOf('%');
      var dot = macro < 0 ? -1 : name.indexOf('.', name.indexOf('}', macro) + 1);
      var bare = macro < 0 ? name : dot < 0 ? "" : name.substring(dot + 1);
      return bare.endsWith(".") ? bare.substring(0, bare.length() - 1) : bare;
    }

    private Map<String, Clues.Key> keys(Clues.Sought sought, Map<Question, Answer> answers) {
      var keys = new LinkedHashMap<String, Clues.Key>();
      for (var selector : sought.selectors()) {
        answer(answers, key(selector), RecordType.TXT)
            .ifPresent(
                answer -> {
                  var alias = answer.aliases().stream().findFirst();
                  var texts =
                      answer.records(Rdata.Txt.class).stream().map(Rdata.Txt::joined).toList();
                  if (alias.isPresent() || texts.stream().anyMatch(text -> text.contains("p="))) {
                    keys.put(selector, new Clues.Key(alias, String.join(" ", texts)));
                  }
                });
      }
      return keys;
    }

    private Map<Clues.At, List<String>> records(
        Clues.Sought sought, Map<Question, Answer> answers) {
      var records = new LinkedHashMap<Clues.At, List<String>>();
      for (var at : sought.records()) {
        answer(answers, at(at), at.type())
            .filter(Answer.Found.class::isInstance)
            .map(Answer.Found.class::cast)
            .ifPresent(
                found -> {
                  var values = new ArrayList<String>();
                  found.records().forEach(record -> values.add(withoutDot(record.text())));
                  records.put(at, values);
                });
      }
      return records;
    }

    private static String withoutDot(String value) {
      return value.endsWith(".") ? value.substring(0, value.length() - 1) : value;
    }

    private Set<DnsName> hosts(Clues.Sought sought, Map<Question, Answer> answers) {
      var hosts = new LinkedHashSet<DnsName>();
      for (var host : sought.hosts()) {
        var isThere =
            answer(answers, Optional.of(host), RecordType.A)
                .filter(Answer.Found.class::isInstance)
                .isPresent();
        var isForNobody =
            answer(answers, nobody(host), RecordType.A)
                // Silence about it proves nothing, so that the host is not counted.
                .filter(said -> !(said instanceof Answer.Found))
                .filter(said -> !(said instanceof Answer.Unanswered))
                .isPresent();
        if (isThere && isForNobody) {
          hosts.add(host);
        }
      }
      return hosts;
    }
  }
}
