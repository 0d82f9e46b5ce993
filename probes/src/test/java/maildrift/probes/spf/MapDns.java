package maildrift.probes.spf;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.dns.server.NameServer;

/** A DNS that is a map; it counts what it is asked. Follows CNAMEs, signals their loops. */
final class MapDns implements Dns {
  private final Map<Question, List<Rdata>> records = new LinkedHashMap<>();
  private final Set<DnsName> names = new LinkedHashSet<>();
  private final Set<DnsName> silent = new LinkedHashSet<>();
  private final Map<DnsName, DnsName> aliases = new LinkedHashMap<>();
  private final List<List<Question>> rounds = new ArrayList<>();

  MapDns txt(String name, String... texts) {
    for (var text : texts) {
      add(name(name), RecordType.TXT, Rdata.Txt.of(text));
    }
    return this;
  }

  /** One TXT record of several character-strings. */
  MapDns strings(String name, String... strings) {
    return add(name(name), RecordType.TXT, Rdata.Txt.of(strings));
  }

  MapDns a(String name, String... addresses) {
    for (var address : addresses) {
      add(
          name(name),
          address.contains(":") ? RecordType.AAAA : RecordType.A,
          new Rdata.Address(InetAddress.ofLiteral(address)));
    }
    return this;
  }

  MapDns mx(String name, String... hosts) {
    for (var host : hosts) {
      add(name(name), RecordType.MX, new Rdata.Mx(10, name(host)));
    }
    return this;
  }

  MapDns ptr(String name, String... targets) {
    for (var target : targets) {
      add(name(name), RecordType.PTR, new Rdata.Ptr(name(target)));
    }
    return this;
  }

  MapDns alias(String name, String target) {
    names.add(name(name));
    aliases.put(name(name), name(target));
    return this;
  }

  /** Types without records time out at this name. */
  MapDns silent(String name) {
    silent.add(name(name));
    return this;
  }

  MapDns add(DnsName name, RecordType type, Rdata rdata) {
    names.add(name);
    records.computeIfAbsent(new Question(name, type), _ -> new ArrayList<>()).add(rdata);
    return this;
  }

  /** The same data on a real name server. A name is silent there as a whole, if it has no TXT. */
  void serveOn(NameServer server) {
    records.forEach(
        (question, data) -> {
          for (var rdata : data) {
            if (rdata instanceof Rdata.Txt txt) {
              server.txt(question.name().toString(), txt.strings().toArray(String[]::new));
            } else {
              server.add("%s %s %s".formatted(question.name(), question.type(), rdata.text()));
            }
          }
        });
    aliases.forEach((name, target) -> server.add("%s CNAME %s".formatted(name, target)));
    silent.stream()
        .filter(name -> !records.containsKey(new Question(name, RecordType.TXT)))
        .forEach(name -> server.fault(name.toString(), Fault.SILENT));
  }

  static DnsName name(String text) {
    return text.isEmpty()
        ? DnsName.ROOT
        : DnsName.ofLabels(Arrays.asList(DomainSpec.withoutTrailingDot(text).split("\\.", -1)));
  }

  int asked() {
    return rounds.stream().mapToInt(List::size).sum();
  }

  /** What was asked at once, in order. */
  List<List<Question>> rounds() {
    return rounds;
  }

  @Override
  public List<Answer> ask(List<Question> questions) {
    rounds.add(List.copyOf(questions));
    return questions.stream().map(this::answer).toList();
  }

  private Answer answer(Question question) {
    var chain = new ArrayList<DnsName>();
    var name = question.name();
    while (aliases.containsKey(name)) {
      name = aliases.getOrDefault(name, name);
      if (chain.contains(name)) {
        return new Answer.Unanswered(Answer.Failure.CHAIN, "CNAME loop", "map");
      }
      chain.add(name);
    }
    var found = records.get(new Question(name, question.type()));
    if (found != null) {
      var sorted = found.stream().sorted().toList();
      return new Answer.Found(sorted, chain, Duration.ofMinutes(5), "map", false);
    }
    if (silent.contains(name)) {
      return new Answer.Unanswered(Answer.Failure.TIMEOUT, "timeout after 2s", "map");
    }
    return names.contains(name)
        ? new Answer.NoData(chain, Duration.ofMinutes(5), "map", false)
        : new Answer.NoSuchName(chain, Duration.ofMinutes(5), "map", false);
  }
}
