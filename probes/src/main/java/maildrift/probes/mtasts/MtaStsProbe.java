package maildrift.probes.mtasts;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
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
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.ManagedDomain;

/** Is the domain's MTA-STS record, if it has one, one that senders understand? (RFC 8461 §3.1) */
public final class MtaStsProbe implements Probe<Answer> {
  private static final String NAME = "mtasts";
  private static final String LABEL = "_mta-sts";
  private static final int MAX_SHOWN = 1_024;

  private static final Rule TXT =
      Rule.warning("mtasts.txt", "the MTA-STS record cannot be used")
          .why(
              "Senders take a broken record, or several, for none: the mail may travel without"
                  + " verified TLS although a policy exists.")
          .reference("RFC 8461 §3.1")
          .remedy("Publish exactly one record with a new id for every change of the policy.")
          .example(
              "Wrong: v=STSv1; id=2026-11-21. Right: _mta-sts.contoso.tld. IN TXT \"v=STSv1;"
                  + " id=20261121\"");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Rule> rules() {
    return List.of(TXT);
  }

  @Override
  public Answer observe(ManagedDomain domain, Network network) {
    return owner(domain)
        .map(owner -> network.dns().ask(owner, RecordType.TXT))
        .orElse(
            new Answer.Unanswered(
                Answer.Failure.UNASKABLE, "the name is too long to stand in DNS", ""));
  }

  private static Optional<DnsName> owner(ManagedDomain domain) {
    return DnsName.parse(LABEL + "." + domain.name());
  }

  @Override
  public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
    return true;
  }

  @Override
  public Judgement judge(ManagedDomain domain, Answer seen, Context context) {
    var owner = LABEL + "." + domain.name();
    if (seen instanceof Answer.Unanswered(var _, var why, var _)) {
      return new Judgement.Builder()
          .fact("record", null)
          .fact("id", null)
          .add(Gap.of(NAME, owner + " TXT", why, TXT.id()))
          .build(Outcome.UNOBSERVABLE);
    }
    var texts = seen.records(Rdata.Txt.class).stream().map(Rdata.Txt::joined).toList();
    var records = texts.stream().filter(StsRecord::claims).map(StsRecord::parse).toList();
    var only = records.size() == 1 ? Optional.of(records.getFirst()) : Optional.<StsRecord>empty();
    var lookalike =
        records.isEmpty()
            ? texts.stream().filter(MtaStsProbe::resembles).findFirst().map(StsRecord::parse)
            : Optional.<StsRecord>empty();
    var judgement =
        new Judgement.Builder()
            .fact("record", only.or(() -> lookalike).map(r -> shown(r.text())).orElse(null))
            .fact("id", only.flatMap(StsRecord::id).orElse(null))
            .record(
                owner + " MTA-STS",
                records.stream()
                    .map(record -> shown(record.text()))
                    .sorted()
                    .collect(Collectors.joining(" | ")));
    if (records.size() > 1) {
      judgement.add(
          finding(
              domain,
              owner,
              seen,
              "%s has %d MTA-STS records, so senders use none".formatted(owner, records.size())));
    }
    only.or(() -> lookalike)
        .flatMap(StsRecord::problem)
        .ifPresent(
            problem ->
                judgement.add(
                    finding(
                        domain,
                        owner,
                        seen,
                        "senders cannot use the MTA-STS record at %s: %s"
                            .formatted(owner, problem))));
    return judgement.build(
        records.isEmpty() && lookalike.isEmpty() ? Outcome.ABSENT : Outcome.OBSERVED);
  }

  /** Meant as an MTA-STS record, although it does not begin like one. */
  private static boolean resembles(String text) {
    return text.substring(0, Math.min(text.length(), 32)).toLowerCase(Locale.ROOT).contains("stsv");
  }

  private static Finding finding(ManagedDomain domain, String owner, Answer seen, String message) {
    var aliases = seen instanceof Answer.Found found ? found.aliases() : List.<DnsName>of();
    return Finding.of(TXT, domain.name().toString(), message)
        .cause((aliases.isEmpty() ? owner : aliases.getLast().toString()) + " TXT")
        .with(
            "records",
            seen.records(Rdata.Txt.class).stream()
                .map(txt -> shown(txt.joined()))
                .limit(8)
                .toList());
  }

  private static String shown(String text) {
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
  }
}
