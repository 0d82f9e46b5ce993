package maildrift.probes.tlsrpt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.network.Cidr;
import maildrift.probes.smtp.CleanText;

/** Whether reports can arrive where a record sends them, as far as DNS can say. */
final class Destinations {
  /** More than that nobody sends to. */
  private static final int MAX = 8;

  private static final int MAX_SHOWN = 200;

  private Destinations() {}

  static TlsRptSeen look(Answer txt, List<String> rua, Network network) {
    var mail = names(rua, ReportUri::mailDomain);
    var web = names(rua, ReportUri::webHost);
    if (mail.isEmpty() && web.isEmpty()) {
      return new TlsRptSeen(txt, Map.of(), Map.of());
    }
    var first =
        network
            .dns()
            .ask(
                Stream.concat(
                        mail.stream().map(name -> new Question(name, RecordType.MX)),
                        web.stream().flatMap(Destinations::addresses))
                    .toList());
    var withoutMx = new ArrayList<DnsName>();
    for (var i = 0; i < mail.size(); i++) {
      if (first.get(i).isAbsent()) {
        withoutMx.add(mail.get(i));
      }
    }
    var second =
        withoutMx.isEmpty()
            ? List.<Answer>of()
            : network.dns().ask(withoutMx.stream().flatMap(Destinations::addresses).toList());
    var ofMail = new LinkedHashMap<DnsName, List<Answer>>();
    for (var i = 0; i < mail.size(); i++) {
      var at = withoutMx.indexOf(mail.get(i));
      ofMail.put(
          mail.get(i),
          at < 0
              ? List.of(first.get(i))
              : List.of(first.get(i), second.get(2 * at), second.get(2 * at + 1)));
    }
    var ofWeb = new LinkedHashMap<DnsName, List<Answer>>();
    for (var i = 0; i < web.size(); i++) {
      var at = mail.size() + 2 * i;
      ofWeb.put(web.get(i), List.of(first.get(at), first.get(at + 1)));
    }
    return new TlsRptSeen(txt, ofMail, ofWeb);
  }

  /** An address literal needs no question. */
  private static List<DnsName> names(List<String> rua, Function<String, Optional<String>> host) {
    return rua.stream()
        .flatMap(uri -> host.apply(uri).stream())
        .filter(name -> Cidr.octets(name).isEmpty())
        .flatMap(name -> DnsName.parse(name).stream())
        .distinct()
        .limit(MAX)
        .toList();
  }

  private static Stream<Question> addresses(DnsName name) {
    return Stream.of(new Question(name, RecordType.A), new Question(name, RecordType.AAAA));
  }

  /**
   * Adds what is wrong with them.
   *
   * @param cause where the record stands
   */
  static void judge(TlsRptSeen seen, List<String> rua, String cause, Judgement.Builder judgement) {
    rua.stream()
        .filter(uri -> !ReportUri.isSupported(uri))
        .limit(MAX)
        .forEach(
            uri ->
                judgement.add(
                    Finding.of(
                            TlsRptRules.DEST,
                            CleanText.of(uri, MAX_SHOWN),
                            "%s is neither a mailto: nor an https: address, so nobody sends reports there"
                                .formatted(CleanText.of(uri, MAX_SHOWN)))
                        .cause(cause)));
    seen.mail()
        .forEach((name, answers) -> judge(name, answers, "MX", mailProblem(answers), judgement));
    seen.web()
        .forEach(
            (name, answers) ->
                judge(
                    name,
                    answers,
                    "A",
                    answers.stream().allMatch(Answer::isAbsent)
                        ? Optional.of("has no address")
                        : Optional.empty(),
                    judgement));
  }

  private static Optional<String> mailProblem(List<Answer> answers) {
    var hosts = answers.getFirst().records(Rdata.Mx.class);
    if (!hosts.isEmpty()) {
      return hosts.stream().allMatch(mx -> mx.host().isRoot())
          ? Optional.of("takes no mail (null MX)")
          : Optional.empty();
    }
    return answers.stream().allMatch(Answer::isAbsent)
        ? Optional.of("has neither MX nor address, so it takes no mail")
        : Optional.empty();
  }

  private static void judge(
      DnsName name,
      List<Answer> answers,
      String type,
      Optional<String> problem,
      Judgement.Builder judgement) {
    problem.ifPresent(
        what ->
            judgement.add(
                Finding.of(
                        TlsRptRules.DEST,
                        name.toString(),
                        "TLS reports are sent to %s, which %s".formatted(name, what))
                    .cause(name + " " + type)));
    // An address that was found is enough, whatever became of the other question.
    if (answers.stream().noneMatch(Answer.Found.class::isInstance)) {
      answers.stream()
          .filter(Answer.Unanswered.class::isInstance)
          .findFirst()
          .ifPresent(
              answer ->
                  judgement.add(
                      Gap.of(
                              TlsRptProbe.NAME,
                              name + " " + type,
                              ((Answer.Unanswered) answer).why(),
                              TlsRptRules.DEST.id())
                          .subject(name.toString())));
    }
  }
}
