package maildrift.probes.tlsrpt;

import java.util.ArrayList;
import java.util.List;
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
import maildrift.probes.Severity;
import maildrift.probes.dns.Answer;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.textrecord.Label;
import org.jspecify.annotations.Nullable;

/**
 * Is the domain's TLS-RPT record, if it has one, one that senders understand, and can reports
 * arrive where it sends them? (RFC 8460 §3)
 */
public final class TlsRptProbe implements Probe<TlsRptSeen> {
  static final String NAME = "tlsrpt";

  /** What says how much the reports matter. */
  private static final Set<String> SIBLINGS = Set.of("mtasts", "dane", "mx");

  private static final Label<TlsRptRecord> LABEL =
      new Label<>(
          NAME,
          "_smtp._tls",
          "TLS-RPT",
          "TLSRPT",
          TlsRptRecord.VERSION,
          "tlsrpt",
          "nobody sends reports",
          "nobody can use",
          TlsRptRules.TXT,
          TlsRptRecord::parse);

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Rule> rules() {
    return TlsRptRules.ALL;
  }

  @Override
  public TlsRptSeen observe(ManagedDomain domain, Network network) {
    var txt = LABEL.ask(domain, network);
    return Destinations.look(
        txt, LABEL.read(txt).only().map(TlsRptRecord::rua).orElse(List.of()), network);
  }

  @Override
  public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
    return true;
  }

  @Override
  public Judgement judge(ManagedDomain domain, TlsRptSeen seen, Context context) {
    var judgement = new Judgement.Builder();
    if (seen.txt() instanceof Answer.Unanswered unanswered) {
      return judgement
          .fact("record", null)
          .fact("rua", List.of())
          .add(LABEL.gap(domain, unanswered, NAME + "."))
          .build(Outcome.UNOBSERVABLE);
    }
    var published = LABEL.read(seen.txt());
    LABEL.judge(domain, seen.txt(), published, judgement);
    var rua = published.only().map(TlsRptRecord::rua).orElse(List.of());
    judgement.fact("rua", rua);
    Destinations.judge(seen, rua, LABEL.cause(domain, seen.txt()), judgement);
    return judgement.build(published.outcome());
  }

  @Override
  public Set<String> siblings() {
    return SIBLINGS;
  }

  /**
   * That there is no record is a warning where senders are told to insist on TLS, and else info;
   * where it is not known which, nothing is said. A domain that takes no mail gets no reports.
   */
  @Override
  public Judgement among(ManagedDomain domain, Judgement own, Map<String, Judgement> siblings) {
    if (own.outcome() != Outcome.ABSENT || isWithoutMail(domain, siblings.get("mx"))) {
      return own;
    }
    var policy = siblings.get("mtasts");
    var dane = siblings.get("dane");
    var insists = new ArrayList<String>();
    if (policy != null && policy.outcome() == Outcome.OBSERVED) {
      insists.add("MTA-STS");
    }
    if (dane != null && dane.outcome() == Outcome.OBSERVED && isSecured(dane)) {
      insists.add("DANE");
    }
    if (!insists.isEmpty()) {
      return own.plus(
          absent(
              domain,
              "%s uses %s, but has no TLS-RPT record: when senders cannot deliver because of it, nobody tells you"
                  .formatted(domain.name(), String.join(" and ", insists))));
    }
    var unseen =
        Stream.of(Optional.ofNullable(policy), Optional.ofNullable(dane))
            .flatMap(Optional::stream)
            .filter(one -> one.outcome() == Outcome.UNOBSERVABLE)
            .flatMap(one -> one.gaps().stream())
            .findFirst();
    if (unseen.isPresent()) {
      return own.aside(
          Gap.of(NAME, unseen.get().unseen(), unseen.get().why(), TlsRptRules.TXT.id()));
    }
    return policy == null || dane == null
        ? own
        : own.plus(
            absent(domain, "%s has no TLS-RPT record".formatted(domain.name()))
                .severity(Severity.INFO));
  }

  /** No MX record, or one that says so (RFC 7505). */
  private static boolean isWithoutMail(ManagedDomain domain, @Nullable Judgement mx) {
    var hosts = mx == null ? null : mx.records().get(domain.name() + " MX");
    return hosts != null && (hosts.isEmpty() || hosts.equals("0 ."));
  }

  private static boolean isSecured(Judgement dane) {
    return dane.findings().stream().noneMatch(one -> one.rule().id().equals("dane.mx-secure"));
  }

  private static Finding absent(ManagedDomain domain, String message) {
    return Finding.of(TlsRptRules.TXT, domain.name().toString(), message)
        .cause(LABEL.owner(domain) + " TXT")
        .remedy(
            "Publish where reports go: %s. IN TXT \"v=TLSRPTv1; rua=mailto:tls-reports@%s\""
                .formatted(LABEL.owner(domain), domain.name()));
  }
}
