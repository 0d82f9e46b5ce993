package maildrift.probes.declared;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.spf.Netblocks;

/**
 * What is to be seen of what a domain's declarations name.
 *
 * @param answers of DNS
 * @param looks at declared hosts, by address and port
 * @param networks behind SPF names: the domain's own, those of its providers, and those of other
 *     regions where they matter
 * @param port of mail hosts
 * @param included names that the domain's SPF leads to, itself first; empty: not asked
 * @param theirs what the providers of tenants publish whose lists overlap the domain's, by source
 */
public record DeclaredSeen(
    Map<Question, Answer> answers,
    List<SmtpLook> looks,
    int port,
    Map<DnsName, Netblocks> networks,
    List<DnsName> included,
    Map<String, Netblocks> theirs) {

  public DeclaredSeen {
    theirs = Collections.unmodifiableMap(new LinkedHashMap<>(theirs));
    answers = Collections.unmodifiableMap(new LinkedHashMap<>(answers));
    looks = List.copyOf(looks);
    networks = Collections.unmodifiableMap(new LinkedHashMap<>(networks));
    included = List.copyOf(included);
  }

  Optional<Answer> answer(DnsName name, RecordType type) {
    return Optional.ofNullable(answers.get(new Question(name, type)));
  }

  /** A name's addresses, as far as they were asked for. */
  Addresses addresses(DnsName name) {
    return new Addresses(
        Stream.of(RecordType.A, RecordType.AAAA)
            .flatMap(type -> answer(name, type).stream())
            .toList());
  }

  /** What DNS said of A and AAAA. */
  record Addresses(List<Answer> answers) {

    List<java.net.InetAddress> found() {
      return answers.stream()
          .flatMap(answer -> answer.records(Rdata.Address.class).stream())
          .map(Rdata.Address::address)
          .distinct()
          .toList();
    }

    /** There is none, said DNS of both families. */
    boolean isAbsent() {
      return !answers.isEmpty() && answers.stream().allMatch(Answer::isAbsent);
    }

    boolean isNoSuchName() {
      return !answers.isEmpty() && answers.stream().allMatch(Answer.NoSuchName.class::isInstance);
    }

    /** Why it is not known whether there are others than those found. */
    Optional<String> unseen() {
      return answers.stream()
          .flatMap(
              answer ->
                  answer instanceof Answer.Unanswered(_, var why, _)
                      ? Stream.of(why)
                      : Stream.<String>empty())
          .findFirst();
    }
  }
}
